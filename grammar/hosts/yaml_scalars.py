"""The texts of YAML: where their characters stand, whatever was quoted, escaped or folded.

What is worked out here is compared with what PyYAML read; where they differ, the text is known as a whole
only, and never rewritten. Source: YAML 1.1, chapter 9, as PyYAML reads it.
"""

import re
import sys
from functools import partial

from mezzotint.grammar.hosts.host import UNKNOWN, Literal, Spelling, whole_piece
from mezzotint.grammar.hosts.yaml_blocks import block
from mezzotint.grammar.span import Span
from mezzotint.grammar.text_map import MapBuilder, TextMap

_BREAK = r"(?:\r\n?|\n)"
_FOLD = rf"(?P<fold>[ \t]*{_BREAK}(?:[ \t]*{_BREAK})*[ \t]*)"
_IN_PLAIN = re.compile(_FOLD)
_IN_SINGLE = re.compile(rf"{_FOLD}|''")
_ESCAPE = rf"\\(?:x[0-9a-fA-F]{{2}}|u[0-9a-fA-F]{{4}}|U[0-9a-fA-F]{{8}}|{_BREAK}[ \t]*|.)"
_IN_DOUBLE = re.compile(rf"{_FOLD}|{_ESCAPE}", re.DOTALL)
_BREAKS = re.compile(_BREAK)
_MEANT = {
    **{c: c for c in '"\\/ \t'},
    **dict(zip("0abtnvfreN_LP", "\0\a\b\t\n\v\f\r\x1b\x85\xa0\u2028\u2029", strict=True)),
}
_SPELLED = {c: f"\\{sign}" for sign, c in _MEANT.items() if c not in "/ \t\xa0"} | {"\t": "\\t"}
_NOT_PLAIN = re.compile(r"[\r\n]|:(?:\s|\Z)|(?:\s|\A)#")
_BYTE, _PLANE = 0x100, 0x10000
_SMALL_CODE = re.compile(r"\\[xuU][0-9A-F]*[a-f]")
_WITH_CODE = re.compile(r"\\[xuU]")


def scalar(source: str, span: Span, style: str, value: str) -> Literal:
    """A text in a YAML file.

    Args:
        source: the file.
        span: where the scalar stands, with its quotes or its header.
        style: ``'``, ``"``, ``|``, ``>`` or, for a plain scalar, nothing.
        value: what PyYAML read.
    """
    written = source[span.start : span.end]
    if style in ("|", ">"):
        return block(source, span, style, value)
    pattern, quotes = {"'": (_IN_SINGLE, 1), '"': (_IN_DOUBLE, 1)}.get(style, (_IN_PLAIN, 0))
    read = _flow(source, span.start + quotes, span.end - quotes, pattern)
    if read is None or read[0] != value:
        return Literal(span, whole_piece(value, span.start, span.end), UNKNOWN)
    if style != '"':
        return Literal(span, read[1], _SINGLE if style else _PLAIN)
    has_codes = written.isascii() and _WITH_CODE.search(written) is not None
    spell = partial(
        _escaped, is_ascii=source.isascii() or has_codes, is_small=_SMALL_CODE.search(written) is not None
    )
    return Literal(span, read[1], Spelling(spell, lambda text: f'"{spell(text)}"'))


def _flow(source: str, start: int, end: int, pattern: re.Pattern[str]) -> tuple[str, TextMap] | None:
    """A text on one line or folded over several; ``None`` where an escape is none."""
    text: list[str] = []
    places, at = MapBuilder(), start
    for found in pattern.finditer(source, start, end):
        text.append(source[at : found.start()])
        places.copied(at, found.start() - at)
        meant = _folded(found["fold"]) if found["fold"] else _meant(found[0])
        if meant is None:
            return None
        if meant:
            text.append(meant)
            places.spelled(found.start(), found.end(), len(meant))
        at = found.end()
    text.append(source[at:end])
    places.copied(at, end - at)
    return "".join(text), places.build(end)


def _folded(fold: str) -> str:
    return "\n" * (len(_BREAKS.findall(fold)) - 1) or " "


def _meant(escape: str) -> str | None:
    """What two quotes or an escape stand for; ``None`` for none that is known."""
    if escape == "''":
        return "'"
    sign = escape[1]
    if sign in "\r\n":
        return ""
    if sign in "xuU":
        code = int(f"0x0{escape[2:]}", 0)
        return chr(code) if escape[2:] and code <= sys.maxunicode else None
    return _MEANT.get(sign)


def _single(text: str) -> str | None:
    return None if "\n" in text or "\r" in text else text.replace("'", "''")


def _quoted(text: str) -> str | None:
    inner = _single(text)
    return None if inner is None else f"'{inner}'"


def _escaped(text: str, *, is_ascii: bool, is_small: bool) -> str:
    form = "x" if is_small else "X"
    return "".join(_SPELLED.get(c) or _coded(c, form, is_ascii=is_ascii) for c in text)


def _coded(character: str, form: str, *, is_ascii: bool) -> str:
    if character.isprintable() and (character.isascii() or not is_ascii):
        return character
    code = ord(character)
    sign, width = ("x", 2) if code < _BYTE else ("u", 4) if code < _PLANE else ("U", 8)
    return f"\\{sign}{code:0{width}{form}}"


def _plain(text: str) -> str | None:
    return None if _NOT_PLAIN.search(text) else text


_SINGLE = Spelling(_single, _quoted)
_PLAIN = Spelling(_plain, _quoted)
