"""The tags of a prompt: what stands between its commas."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from mezzotint.grammar.nodes import Break, Comment, Escape, Item, Network, Prompt, Text
from mezzotint.grammar.span import Span

_MARKS = ",\n"
_PIECE = re.compile(f"[^{_MARKS}]+")
_NOTHING, _GROUP = "\0", "\1"
_BLANK = f" \t\r{_NOTHING}"
_SHOWN = 40  # letters


class Tag(NamedTuple):
    """One tag: in lower case, without escapes and with single spaces; and where it stands."""

    name: str
    span: Span

    @property
    def shown(self) -> str:
        """The name for messages, the beginning of a long one."""
        return self.name if len(self.name) <= _SHOWN else f"{self.name[:_SHOWN]}…"


def tags(tree: Prompt) -> Iterator[list[Tag]]:
    """The tags that stand in no brackets, for each part between ``AND`` and ``BREAK``."""
    for branch in tree.branches:
        part: list[Item] = []
        for item in branch.children:
            if isinstance(item, Break):
                yield list(_tags(part))
                part = []
            else:
                part.append(item)
        yield list(_tags(part))


def tag_name(text: str) -> str:
    """The name that a tag is compared by."""
    return " ".join(text.replace("_", " ").split()).casefold()


def _tags(items: list[Item]) -> Iterator[Tag]:
    """Pieces between commas that consist of words alone."""
    if not items:
        return
    start = items[0].span.start
    for found in _PIECE.finditer("".join(map(_flat, items))):
        piece = found[0]
        name = tag_name(piece.replace(_NOTHING, ""))
        if _GROUP not in piece and any(map(str.isalnum, name)):
            first = found.start() + len(piece) - len(piece.lstrip(_BLANK))
            yield Tag(name, Span(start + first, start + found.start() + len(piece.rstrip(_BLANK))))


def _flat(item: Item) -> str:
    """An item as text of the same length: what is no word of a tag becomes a sign for it."""
    match item:
        case Text(value):
            return value
        case Escape(value):
            return _NOTHING + (_NOTHING if value[1] in _MARKS else value[1])
        case Network() | Comment():
            return _NOTHING * len(item.span)
        case _:
            return _GROUP * len(item.span)
