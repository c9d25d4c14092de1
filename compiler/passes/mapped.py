"""Text that remembers where in the user's source each of its characters stood.

The passes cut and join text as the reference does; a mapped text lets what they find at the end (a
weight, a token) still be shown at the place where it was written.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from mezzotint.grammar.span import Span

_BEYOND = 1 << 62  # greater than any offset


@dataclass(frozen=True, slots=True)
class Mapped:
    """A text and its anchors: ``(position, source offset)`` pairs in ascending order of position.

    From one anchor to the next, positions and offsets advance together.
    """

    text: str
    anchors: tuple[tuple[int, int], ...] = ((0, 0),)

    def offset(self, position: int) -> int:
        """Where in the source the character at a position stood."""
        index = max(0, bisect_right(self.anchors, (position, _BEYOND)) - 1)
        start, offset = self.anchors[index]
        return offset + position - start

    def span(self, start: int, end: int) -> Span:
        """The source range that holds the characters of ``[start, end)``."""
        first = self.offset(start)
        return Span(first, max(first, self.offset(end - 1) + 1) if end > start else first)

    def slice(self, start: int, end: int) -> "Mapped":
        """The part ``[start, end)``."""
        if start == 0 and end >= len(self.text):
            return self
        first = bisect_right(self.anchors, (start, _BEYOND))
        inner = [(p - start, o) for p, o in self.anchors[first : bisect_left(self.anchors, (end, -1))]]
        return Mapped(self.text[start:end], ((0, self.offset(start)), *inner))

    def without(self, cuts: Iterable[tuple[int, int]], filler: str = "") -> "Mapped":
        """The text with each range of ``cuts`` (ascending, disjoint) replaced by ``filler``."""
        parts: list[Mapped] = []
        at = 0
        for start, end in cuts:
            parts += [self.slice(at, start), Mapped(filler, ((0, self.offset(start)),))]
            at = end
        return join([*parts, self.slice(at, len(self.text))]) if parts else self

    def replaced(self, pattern: re.Pattern[str], filler: str) -> "Mapped":
        """The text with each match of a pattern replaced."""
        return self.without([found.span() for found in pattern.finditer(self.text)], filler)


def join(parts: Iterable[Mapped]) -> Mapped:
    """The parts one after another."""
    text: list[str] = []
    anchors: list[tuple[int, int]] = []
    length = 0
    for part in parts:
        if part.text:
            text.append(part.text)
            anchors += [(length + p, o) for p, o in part.anchors]
            length += len(part.text)
    return Mapped("".join(text), tuple(anchors) or ((0, 0),))
