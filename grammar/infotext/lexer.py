"""Infotext to tokens: which lines belong to which prompt, and whether the last one holds the settings.

Source: stable-diffusion-webui v1.10.1, ``modules/infotext_utils.py``.
"""

import re
from collections.abc import Iterator
from itertools import islice

from mezzotint.grammar.infotext.items import lex_items, scan
from mezzotint.grammar.lalr import Token

NEGATIVE = "Negative prompt:"
MIN_ITEMS = 3  # a last line with fewer items belongs to the prompt

_SPACE = re.compile(r"\s*+")


def find_bounds(text: str) -> tuple[int, int, int]:
    """Where the text begins, where its settings begin and where it ends, white space around left out.

    Without settings the second is the third. The reference looks for them on the last line only.
    """
    end = len(text.rstrip())
    start = len(text) - len(text.lstrip()) if end else end
    line = _skip_space(text, max(start, text.rfind("\n", start, end) + 1), end)
    is_settings = len(list(islice(scan(text[line:end]), MIN_ITEMS))) == MIN_ITEMS
    return start, line if is_settings else end, end


def _skip_space(text: str, start: int, end: int) -> int:
    match = _SPACE.match(text, start, end)
    return match.end() if match else start


def is_infotext(text: str) -> bool:
    """Whether the last line would be read as settings, that is whether it has three items or more."""
    _, settings, end = find_bounds(text)
    return settings < end


def lex(text: str) -> Iterator[Token]:
    """The tokens of ``infotext.lark``, in order; together they are the text."""
    start, settings, end = find_bounds(text)
    if start:
        yield Token("MARGIN", text[:start], 0)
    yield from lex_lines(text, start, settings)
    yield from lex_items(text[settings:end], settings)
    if end < len(text):
        yield Token("MARGIN", text[end:], end)


def lex_lines(text: str, start: int, stop: int) -> Iterator[Token]:
    """The lines of both prompts; each begins with what is no white space."""
    while start < stop:
        newline = text.find("\n", start, stop)
        line = text[start : stop if newline < 0 else newline].rstrip()
        end = start + len(line)
        if line.startswith(NEGATIVE):
            line = line[len(NEGATIVE) :].lstrip()
            yield Token("LABEL", text[start : end - len(line)], start)
        if line:
            yield Token("TEXT", line, end - len(line))
        start = _skip_space(text, end, stop)
        if end < start:
            yield Token("LINE_END", text[end:start], end)
