"""The four kinds of strings that TOML has. Source: TOML 1.0, section "String"."""

import re
from collections.abc import Callable
from functools import partial

from mezzotint.grammar.hosts.host import Literal, Spelling
from mezzotint.grammar.span import Span
from mezzotint.grammar.text_map import MapBuilder

STRING = re.compile(
    r'"""(?:[^"\\]++|\\.|"{1,2}(?!"))*+"{3,5}'
    r"|'''(?:[^']++|'{1,2}(?!'))*+'{3,5}"
    r'|"(?:[^"\\\n]++|\\.)*+"'
    r"|'[^'\n]*+'",
    re.DOTALL,
)
_SPECIAL = re.compile(r"\\[ \t]*\r?\n[ \t\r\n]*|\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8}|\\.|\r\n", re.DOTALL)
_LINE_END = re.compile(r"\r?\n")
_IN_LITERAL = re.compile(r"\r\n")
_MEANT = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b", '"': '"', "\\": "\\"}
_SPELLED = {c: f"\\{sign}" for sign, c in _MEANT.items() if sign != "e"}
_WITH_CODE = re.compile(r"\\[uU]")
_TRIPLE, _PLANE = 3, 0x10000


def string(source: str, span: Span) -> tuple[str, Literal]:
    """What a string in a file says, and how."""
    written = source[span.start : span.end]
    quotes = written[:3] if written.startswith(('"""', "'''")) else written[0]
    start, end = span.start + len(quotes), span.end - len(quotes)
    is_long, is_basic = len(quotes) == _TRIPLE, quotes[0] == '"'
    if is_long and (first := _LINE_END.match(source, start, end)):
        start = first.end()
    text: list[str] = []
    places, at = MapBuilder(), start
    for found in (_SPECIAL if is_basic else _IN_LITERAL).finditer(source, start, end):
        text.append(source[at : found.start()])
        places.copied(at, found.start() - at)
        if meant := _meant(found[0]):
            text.append(meant)
            places.spelled(found.start(), found.end())
        at = found.end()
    text.append(source[at:end])
    places.copied(at, end - at)
    return "".join(text), Literal(span, places.build(end), _spelling(source, written, quotes))


def _meant(special: str) -> str:
    """What an escape stands for; nothing for a line end that is escaped."""
    if special == "\r\n":
        return "\n"
    if special[1] in "uU" and special[2:]:
        return chr(int(f"0x{special[2:]}", 0))
    return _MEANT.get(special[1], "")


def _spelling(source: str, written: str, quotes: str) -> Spelling:
    line_end = "\r\n" if "\r\n" in source else "\n"
    piece: Callable[[str], str | None]
    if quotes[0] == "'":
        piece = partial(_literally, line_end=line_end if len(quotes) == _TRIPLE else None)
    else:
        is_ascii = written.isascii() and (source.isascii() or _WITH_CODE.search(written) is not None)
        piece = partial(_escaped, is_ascii=is_ascii, line_end=line_end if len(quotes) == _TRIPLE else "\\n")

    def whole(text: str) -> str | None:
        inner = piece(text)
        return None if inner is None or len(quotes) == _TRIPLE else f"{quotes}{inner}{quotes}"

    return Spelling(piece, whole)


def _literally(text: str, *, line_end: str | None) -> str | None:
    if "'" in text or "\r" in text or ("\n" in text and line_end is None):
        return None
    return text.replace("\n", line_end or "")


def _escaped(text: str, *, is_ascii: bool, line_end: str) -> str:
    return "".join(line_end if c == "\n" else _coded(c, is_ascii=is_ascii) for c in text)


def _coded(character: str, *, is_ascii: bool) -> str:
    if character in _SPELLED and character != "\t":
        return _SPELLED[character]
    if character == "\t" or (character.isprintable() and (character.isascii() or not is_ascii)):
        return character
    code = ord(character)
    return f"\\u{code:04X}" if code < _PLANE else f"\\U{code:08X}"
