"""The items of a settings line: ``Steps: 20, Sampler: Euler a, VAE: "a, b"``.

Source: stable-diffusion-webui v1.10.1, ``modules/infotext_utils.py``, whose item pattern this scanner
reproduces. It is the lexer of ``infotext.lark`` and written by hand, because what a character is depends
on whether a key came before it (``x y: z: v`` is one item, its value ``z: v``), which a context-free lexer
cannot tell. One pass over the line keeps the time linear in its length.
"""

import re
from collections.abc import Iterator

from mezzotint.grammar.infotext.record import Setting
from mezzotint.grammar.lalr import Token

# Possessive throughout: each character is looked at once, whatever the line holds.
_RUN = re.compile(r"[^\w \-/]*+(?P<run>[\w \-/]++)(?P<colon>:)?")
_WORD = re.compile(r"\w")
_SPACE = re.compile(r"\s*+")
# At least one character between the quotes, and the item must end behind them. A search that fails ends
# at the quote that opens a later value at the latest, because no backslash can stand before that one:
# so all failing searches together read the line once.
_QUOTED = re.compile(r'"[^\\"]*+(?:\\.[^\\"]*+)*+"(?=,|$)')

_EMPTY_QUOTES = 2  # `""` does not count as quoted, so it needs no comma behind it
_SEPARATING = " \t,"


def scan(line: str) -> Iterator[tuple[int, int, int, int]]:
    """For each item where its key begins and ends, and where its value begins and ends."""
    position = 0
    while match := _RUN.match(line, position):
        position = match.end("run")
        key_end = position
        first = _WORD.search(line, match.start("run"), key_end)
        # A key has two characters or more: one that begins later in the run would be shorter still.
        if match["colon"] is None or first is None or first.start() + 2 > key_end:
            continue
        start = _skip_space(line, key_end + 1)
        end = _value_end(line, start)
        yield first.start(), key_end, start, end
        position = end + 1


def scan_items(line: str, offset: int = 0) -> Iterator[Setting]:
    """The items of one line from left to right; spans are shifted by ``offset``."""
    for key, key_end, start, end in scan(line):
        yield Setting.read(line[key:key_end], line[key_end:start], line[start:end], offset + key)


def lex_items(line: str, offset: int) -> Iterator[Token]:
    """The tokens of a settings line, which together are the line; ``offset`` is where it begins."""
    at = 0
    for key, key_end, start, end in scan(line):
        if at < key:
            yield from _between(line[at:key], offset + at)
        yield Token("KEY", line[key:key_end], offset + key)
        yield Token("COLON", line[key_end:start], offset + key_end)
        if start < end:
            yield Token("VALUE", line[start:end], offset + start)
        at = end
    if at < len(line):
        yield from _between(line[at:], offset + at)


def _between(text: str, start: int) -> list[Token]:
    """The tokens of what stands before, between or behind items."""
    junk = text.strip(_SEPARATING)
    if not junk:
        return [Token("SEPARATOR", text, start)]
    cut = len(text) - len(text.lstrip(_SEPARATING))
    end = cut + len(junk)
    tokens = [
        Token("SEPARATOR", text[:cut], start),
        Token("JUNK", junk, start + cut),
        Token("SEPARATOR", text[end:], start + end),
    ]
    return [token for token in tokens if token.text]


def is_quoted(raw: str) -> bool:
    """Whether the text of a value is one closed pair of quotes with something between them."""
    return len(raw) > _EMPTY_QUOTES and (match := _QUOTED.match(raw)) is not None and match.end() == len(raw)


def _skip_space(line: str, start: int) -> int:
    match = _SPACE.match(line, start)
    return match.end() if match else start


def _value_end(line: str, start: int) -> int:
    quoted = _QUOTED.match(line, start)
    if quoted and quoted.end() - start > _EMPTY_QUOTES:
        return quoted.end()
    comma = line.find(",", start)
    return len(line) if comma < 0 else comma
