"""Offsets and the protocol's places, against Python's own encoders."""

import re

from hypothesis import given
from hypothesis import strategies as st

from mezzotint.lsp.positions import Change, Encoding, Place, Positions, apply_changes, joined

UNITS = {Encoding.UTF8: ("utf-8", 1), Encoding.UTF16: ("utf-16-le", 2), Encoding.UTF32: ("utf-32-le", 4)}
LETTERS = st.sampled_from(
    ["a", "é", "€", "\U0001f408", "\ud83d", "\udc08", "\n", "\r", "\r\n", "\u2028", "\x0c", "\x85"]
)
TEXTS = st.lists(LETTERS | st.characters(), max_size=20).map("".join)
ENCODINGS = st.sampled_from(list(Encoding))


def expected(text: str, offset: int, encoding: Encoding) -> Place:
    codec, size = UNITS[encoding]
    starts = [0, *(found.end() for found in re.finditer("\r\n|\r|\n", text))]
    line = max(i for i, start in enumerate(starts) if start <= offset)
    return Place(line, len(text[starts[line] : offset].encode(codec, "surrogatepass")) // size)


@given(TEXTS, ENCODINGS)
def test_places_are_those_of_pythons_encoders(text: str, encoding: Encoding) -> None:
    lines = Positions(text, encoding)
    assert [lines.place(i) for i in range(len(text) + 1)] == [
        expected(text, i, encoding) for i in range(len(text) + 1)
    ]


@given(TEXTS.map(joined), ENCODINGS)
def test_offsets_come_back(text: str, encoding: Encoding) -> None:
    lines = Positions(text, encoding)
    for offset in range(len(text) + 1):
        inside = text[max(0, offset - 1) : offset + 1] == "\r\n"
        assert lines.offset(lines.place(offset)) == (offset - 1 if inside else offset)


@given(TEXTS, ENCODINGS, st.integers(0, 30), st.integers(0, 90))
def test_any_place_has_an_offset(text: str, encoding: Encoding, line: int, character: int) -> None:
    assert 0 <= Positions(text, encoding).offset(Place(line, character)) <= len(text)


def test_a_place_inside_a_character_is_its_start() -> None:
    assert Positions("a\U0001f408b").offset(Place(0, 2)) == 1
    assert Positions("a\U0001f408b", Encoding.UTF8).offset(Place(0, 4)) == 1


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60), TEXTS), max_size=8), TEXTS)
def test_edits_are_those_of_an_editor_that_keeps_utf16(edits: list[tuple[int, int, str]], text: str) -> None:
    text = joined(text)
    units = text.encode("utf-16-le", "surrogatepass")
    for one, other, new in edits:
        lines = Positions(text)
        ends = [lines.offset(lines.place(min(end, len(text)))) for end in sorted((one, other))]
        start, end = (len(text[:at].encode("utf-16-le", "surrogatepass")) for at in ends)
        units = units[:start] + new.encode("utf-16-le", "surrogatepass") + units[end:]
        text = apply_changes(text, [Change(new, *(lines.place(at) for at in ends))])
        assert text == units.decode("utf-16-le", "surrogatepass")
