"""Offsets in code points to the protocol's lines and characters, and back.

The only place that knows how a client counts: in UTF-16 units, unless it asked for UTF-8 or UTF-32. Lines
end at ``\\n``, ``\\r\\n`` and ``\\r`` and nowhere else. Source: Language Server Protocol 3.17.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

_LINE_END = re.compile(r"\r\n?|\n")
_HALVES = re.compile("[\ud800-\udfff]")


class Encoding(StrEnum):
    """What a client's characters are units of; the values are the protocol's."""

    UTF8 = "utf-8"
    UTF16 = "utf-16"
    UTF32 = "utf-32"


_CODECS = {Encoding.UTF8: ("utf-8", 1), Encoding.UTF16: ("utf-16-le", 2), Encoding.UTF32: ("utf-32-le", 4)}


class Place(NamedTuple):
    """A line and a character in it, both from 0, the character in the client's units."""

    line: int
    character: int


class Change(NamedTuple):
    """An edit that a client made; without ``start`` and ``end`` the whole text is new."""

    text: str
    start: Place | None = None
    end: Place | None = None


class Positions:
    """The lines of a text."""

    def __init__(self, text: str, encoding: Encoding = Encoding.UTF16) -> None:
        self.text = text
        self._codec, self._unit = _CODECS[encoding]
        self._starts = [0]
        self._ends: list[int] = []
        for found in _LINE_END.finditer(text):
            self._ends.append(found.start())
            self._starts.append(found.end())
        self._ends.append(len(text))
        self._is_plain = text.isascii() or encoding is Encoding.UTF32
        self._last = (0, 0)  # the offset asked for last, and its units: the next is mostly behind it

    def place(self, offset: int) -> Place:
        """Where an offset is; one inside a line's end counts from the line's start."""
        line = bisect_right(self._starts, offset) - 1
        start = self._starts[line]
        if self._is_plain:
            return Place(line, offset - start)
        at, units = self._last
        if not start <= at <= offset:
            at, units = start, 0
        units += len(self.text[at:offset].encode(self._codec, "surrogatepass")) // self._unit
        self._last = (offset, units)
        return Place(line, units)

    def offset(self, place: Place) -> int:
        """The offset of a place; behind the line's end is its end, inside a character its start."""
        if place.line >= len(self._starts):
            return len(self.text)
        start, end = self._starts[place.line], self._ends[place.line]
        if self._is_plain:
            return min(start + place.character, end)
        units = self.text[start:end].encode(self._codec, "surrogatepass")
        return start + self._whole(units, min(place.character * self._unit, len(units)))

    def _whole(self, units: bytes, cut: int) -> int:
        """How many characters end at a place in their encoding, or before it."""
        if self._unit == 1:
            while 0 < cut < len(units) and units[cut] & 0xC0 == 0x80:
                cut -= 1
        elif 0 < cut < len(units) and 0xDC <= units[cut + 1] <= 0xDF and 0xD8 <= units[cut - 1] <= 0xDB:
            cut -= 2
        return len(units[:cut].decode(self._codec, "surrogatepass"))


def apply_changes(text: str, changes: Iterable[Change], encoding: Encoding = Encoding.UTF16) -> str:
    """The text after a client's edits, each into the text that the one before it left."""
    for change in changes:
        if change.start is None or change.end is None:
            text = change.text
        else:
            lines = Positions(text, encoding)
            start, end = sorted((lines.offset(change.start), lines.offset(change.end)))
            text = text[:start] + change.text + text[end:]
        text = joined(text)
    return text


def joined(text: str) -> str:
    """The text with halves of surrogate pairs that met made whole, as an editor that keeps UTF-16 has it."""
    if _HALVES.search(text) is None:
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
