"""Style sheets and style texts to tokens.

Python's csv module knows no places, so a sheet has a lexer of its own: the "excel" dialect, with the spaces
before a cell skipped, and with lines that end in any of the three ways.

Source: behaviour of Python 3.11's ``csv.reader`` as stable-diffusion-webui v1.10.1, ``modules/styles.py``,
calls it.
"""

import re
from collections.abc import Iterator

from mezzotint.grammar.lalr import Token

MARK = "\ufeff"
PLACEHOLDER = "{prompt}"

_SPACE = re.compile(r" *+")
_PLAIN = re.compile(r"[^,\r\n]*+")
_QUOTED = re.compile(r'(?P<CHARACTERS>[^"]++)|(?P<DOUBLED>"")|(?P<CLOSING_QUOTE>")')
_LINE_END = re.compile(r"\r\n?|\n|\Z")


def lex_sheet(text: str) -> Iterator[Token]:
    """The tokens of ``sheet.lark``, in order; together they are the text."""
    at = 0
    if text.startswith(MARK):
        yield Token("MARK", MARK, 0)
        at = len(MARK)
    while at < len(text):
        if text[at] in "\r\n":
            end = _end(_LINE_END, text, at)
            yield Token("BLANK", text[at:end], at)
            at = end
            continue
        for token in _lex_row(text, at):
            yield token
            at = token.end


def _lex_row(text: str, at: int) -> Iterator[Token]:
    while True:
        for token in _lex_cell(text, at):
            yield token
            at = token.end
        if not text.startswith(",", at):
            break
        yield Token("_COMMA", ",", at)
        at += 1
    yield Token("LINE_END", text[at : _end(_LINE_END, text, at)], at)


def _lex_cell(text: str, at: int) -> Iterator[Token]:
    start, at = at, _end(_SPACE, text, at)
    if start < at:
        yield Token("SPACE", text[start:at], start)
    if text.startswith('"', at):
        yield Token("QUOTE", '"', at)
        at += 1
        while found := _QUOTED.match(text, at):
            yield Token(str(found.lastgroup), found.group(), at)
            at = found.end()
            if found.lastgroup == "CLOSING_QUOTE":
                break
    start, at = at, _end(_PLAIN, text, at)
    if start < at:
        yield Token("CHARACTERS", text[start:at], start)


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    """Where what the pattern finds at a place ends."""
    found = pattern.match(text, at)
    return found.end() if found else at


def lex_template(text: str) -> Iterator[Token]:
    """The tokens of ``template.lark``."""
    at = 0
    for index, piece in enumerate(text.split(PLACEHOLDER)):
        if index:
            yield Token("PLACEHOLDER", PLACEHOLDER, at)
            at += len(PLACEHOLDER)
        if piece:
            yield Token("TEXT", piece, at)
        at += len(piece)
