"""The block scalars of YAML, literal and folded: where their characters stand."""

import re

from mezzotint.grammar.hosts.host import UNKNOWN, Literal, Spelling, in_a_line, never, whole_piece
from mezzotint.grammar.span import Span
from mezzotint.grammar.text_map import MapBuilder, TextMap

_BREAK = r"(?:\r\n?|\n)"
_LINE_END = re.compile(_BREAK)
_HEADER = re.compile(rf"[|>][-+0-9]*[ \t]*(?:#[^\r\n]*)?({_BREAK})")
_LINE = re.compile(r"[^\r\n]*")
_WORD = re.compile(r"\s+|\S+")
_GAP = re.compile(r"\s*")


def block(source: str, span: Span, style: str, value: str) -> Literal:
    """A text in a block of lines; one of blanks only is known as a whole.

    Args:
        source: the file.
        span: where the block stands, from its sign to the end of its lines.
        style: ``|`` or ``>``.
        value: what PyYAML read.
    """
    header = _HEADER.match(source, span.start, span.end)
    indent = _indent(source, header.end(), value) if header and value.strip() else None
    places, spelling = None, UNKNOWN
    if header and indent is not None and style == ">":
        places, spelling = _words(source, header.end(), value), Spelling(in_a_line, never)
    elif header and indent is not None:
        places, line_end = _lines(source, header.end(), value, indent), header[1] + " " * indent
        spelling = Spelling(lambda text: text.replace("\n", line_end), never)
    if places is None:
        return Literal(span, whole_piece(value, span.start, span.end), UNKNOWN)
    return Literal(span, places, spelling)


def _indent(source: str, start: int, value: str) -> int | None:
    """How far the lines are indented, by the first that is not blank."""
    first = next(line for line in value.split("\n") if line.strip())
    at = start
    gap = _GAP.match(source, at)
    at = gap.end() if gap else at
    line_start = max(source.rfind("\n", start, at), source.rfind("\r", start, at), start - 1) + 1
    return at - line_start - (len(first) - len(first.lstrip()))


def _lines(source: str, start: int, value: str, indent: int) -> TextMap | None:
    """A line feed in the text is the end of a line and the indent of the next."""
    places, at, before = MapBuilder(), start, start
    *lines, last = value.split("\n")
    for line in [*lines, last] if last else lines:
        margin = at
        while margin < at + indent and source.startswith(" ", margin):
            margin += 1
        if at > start:
            places.spelled(before, margin)
        found = _LINE.match(source, margin)
        if found is None or found[0] != line:
            return None
        places.copied(margin, len(line))
        before, line_end = found.end(), _LINE_END.match(source, found.end())
        at = line_end.end() if line_end else before
    if not last and lines:
        places.spelled(before, at)
    return places.build(before if last else at)


def _words(source: str, start: int, value: str) -> TextMap | None:
    """The space between two words is whatever stands between them."""
    places, at = MapBuilder(), start
    for found in _WORD.finditer(value):
        word = found[0]
        gap = _GAP.match(source, at)
        end = gap.end() if gap else at
        if word.isspace():
            line_end = _LINE_END.match(source, at)
            end = line_end.end() if line_end and found.end() == len(value) else end
            places.spelled(at, end, len(word))
            at = end
            continue
        at = end if at == start else at
        if not source.startswith(word, at):
            return None
        places.copied(at, len(word))
        at += len(word)
    return places.build(at)
