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

# At least one character between the quotes, and the item must end behind them. A search that fails ends
# at the quote that opens a later value at the latest, because no backslash can stand before that one:
# so all failing searches together read the line once.
_QUOTED = r'"(?!")[^\\"]*+(?:\\.[^\\"]*+)*+"(?=,|$)'
# What is passed over, and then an item, or else words that are none. A key begins with a word character and
# has two characters or more. Possessive throughout: no character is looked at more than twice.
_ITEM = re.compile(
    rf"[^\w \-/]*+[ \-/]*+(?:(?P<key>\w[\w \-/]++):\s*+(?P<value>{_QUOTED}|[^,]*+),?|[\w \-/]*+)"
)
_WHOLE = re.compile(_QUOTED)
_SEPARATING = " \t,"


def scan(line: str) -> Iterator[tuple[int, int, int, int]]:
    """For each item where its key begins and ends, and where its value begins and ends."""
    for match in _ITEM.finditer(line):
        key, key_end = match.span(1)
        if key >= 0:
            start, end = match.span(2)
            yield key, key_end, start, end


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
    return (match := _WHOLE.match(raw)) is not None and match.end() == len(raw)
