"""Runs of plain text: a colon that structures nothing is a node of its own, and rules read across it."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from mezzotint.grammar.nodes import Item, Text
from mezzotint.grammar.span import Span


class Run(NamedTuple):
    """Plain text without a gap, and where it begins."""

    text: str
    start: int

    def span(self, start: int, end: int) -> Span:
        """Where a range of the text stands in the source."""
        return Span(self.start + start, self.start + end)


def runs(items: Iterable[Item]) -> Iterator[Run]:
    """The runs among the nodes, in order."""
    text, start, end = "", 0, -1
    for item in items:
        if not isinstance(item, Text):
            continue
        if item.span.start != end:
            if text:
                yield Run(text, start)
            text, start = "", item.span.start
        text += item.value
        end = item.span.end
    if text:
        yield Run(text, start)


def last_run(items: tuple[Item, ...]) -> Run | None:
    """The run that the nodes end in."""
    return list(runs(items))[-1] if items and isinstance(items[-1], Text) else None
