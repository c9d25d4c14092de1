"""Lists of prompts: one in each line, as wildcard files have them."""

import re
from collections.abc import Callable
from functools import partial

from mezzotint.grammar.hosts.host import Leaf, Literal, Spelling, in_a_line
from mezzotint.grammar.span import Span
from mezzotint.grammar.text_map import TextMap

_WEIGHT = re.compile(r"\s*\d+(?:\.\d+)?::")  # how often a line of a wildcard file is drawn


_SPELLING = Spelling(in_a_line, in_a_line)


def lines_reader(*, is_wildcard: bool) -> Callable[[str], list[Leaf]]:
    """How lists are read; the lines of wildcard files may have weights."""
    return partial(_read, is_wildcard=is_wildcard)


def _read(source: str, *, is_wildcard: bool) -> list[Leaf]:
    """Each line, by its number; blank ones and comments are no text."""
    leaves: list[Leaf] = []
    start = 0
    for number, whole in enumerate(source.split("\n"), 1):
        line = whole.removesuffix("\r")
        skipped = _WEIGHT.match(line) if is_wildcard else None
        at = skipped.end() if skipped else 0
        path = (str(number), line[:at])
        if line.strip() and not line.lstrip().startswith("#"):
            place = Span(start + at, start + len(line))
            places = TextMap((0,), (place.start,), place.end)
            leaves.append(Leaf(path, line[at:], Literal(place, places, _SPELLING)))
        else:
            leaves.append(Leaf(path, line))
        start += len(whole) + 1
    return leaves
