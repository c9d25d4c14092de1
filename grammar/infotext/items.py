"""The items of a parameter line: ``Steps: 20, Sampler: Euler a, VAE: "a, b"``.

Source: stable-diffusion-webui v1.10.1, ``modules/infotext_utils.py``, whose item pattern this scanner
reproduces. It is written by hand and not as a Lark grammar for two reasons. What a character is depends
on whether a key came before it (``x y: z: v`` is one item, its value ``z: v``), which a context-free lexer
cannot tell. And no line is wrong: whatever is not an item is passed over, so there is nothing for a parser
to reject, while one pass over the line keeps the time linear in its length.
"""

import re
from collections.abc import Iterator

from mezzotint.grammar.infotext.quoting import unquote
from mezzotint.grammar.infotext.record import Setting
from mezzotint.grammar.span import Span

# Possessive throughout: each character is looked at once, whatever the line holds.
_RUN = re.compile(r"[^\w \-/]*+(?P<run>[\w \-/]++)(?P<colon>:)?")
_WORD = re.compile(r"\w")
_SPACE = re.compile(r"\s*+")
# At least one character between the quotes, and the item must end behind them. A search that fails ends
# at the quote that opens a later value at the latest, because no backslash can stand before that one:
# so all failing searches together read the line once.
_QUOTED = re.compile(r'"[^\\"]*+(?:\\.[^\\"]*+)*+"(?=,|$)')

_EMPTY_QUOTES = 2  # `""` does not count as quoted, so it needs no comma behind it


def scan_items(line: str, offset: int = 0) -> Iterator[Setting]:
    """The items of one line from left to right; spans are shifted by ``offset``."""
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
        raw = line[start:end]
        yield Setting(
            key=line[first.start() : key_end],
            value=None if raw == "" else unquote(raw),
            raw=raw,
            key_span=Span(offset + first.start(), offset + key_end),
            value_span=Span(offset + start, offset + end),
        )
        position = end + 1


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
