"""The tags of a prompt: what stands between its commas."""

from collections.abc import Iterator
from typing import NamedTuple

from mezzotint.grammar.nodes import Break, Comment, Escape, Item, Network, Prompt, Text
from mezzotint.grammar.span import Span

_MARKS = ",\n"
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
    text: list[str] = []
    start = end = 0
    is_plain = True
    for item in items:
        if isinstance(item, Network | Comment):
            continue
        value, at = (item.value, item.span.start) if isinstance(item, Text) else ("", item.span.start)
        if isinstance(item, Escape):
            text.append(item.value[1:])
            end = item.span.end
        elif not isinstance(item, Text):
            is_plain = False
        while value:
            cut = min((i for mark in _MARKS if (i := value.find(mark)) >= 0), default=-1)
            piece = value if cut < 0 else value[:cut]
            if piece.strip():
                first = at + len(piece) - len(piece.lstrip())
                start = first if not "".join(text).strip() else start
                end = at + len(piece.rstrip())
                text.append(piece)
            if cut < 0:
                break
            if is_plain and (name := tag_name("".join(text))):
                yield Tag(name, Span(start, end))
            text, is_plain = [], True
            at += cut + 1
            value = value[cut + 1 :]
    if is_plain and (name := tag_name("".join(text))):
        yield Tag(name, Span(start, end))
