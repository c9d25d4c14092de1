"""Effective weights, shown inside nested brackets, where no single number tells them."""

from collections.abc import Iterator
from typing import NamedTuple

from mezzotint.compiler.lint.groups import Group, groups
from mezzotint.grammar import nodes
from mezzotint.grammar.errors import MezzotintError
from mezzotint.grammar.span import Span
from mezzotint.lsp.analysis import Analysis

MAX_HINTS = 200


class Hint(NamedTuple):
    """What is shown at an offset of the document."""

    offset: int
    label: str


def hints(analysis: Analysis, span: Span) -> list[Hint]:
    """The hints in a range."""
    found = _all(analysis, span) if analysis.setup.hints else iter(())
    return [hint for hint, _ in zip(found, range(MAX_HINTS), strict=False)]


def _all(analysis: Analysis, span: Span) -> Iterator[Hint]:
    for region in analysis.regions:
        nested = [path[-1] for path in groups(analysis.tree(region)) if len(path) > 1]
        places = [(group, region.map.offset(group.span.end - 1)) for group in nested]
        shown = [(group, at) for group, at in places if span.start <= at <= span.end]
        if not shown:
            continue
        try:
            reading = analysis.reading(region)
            for group, at in shown:
                start = _first_letter(group)
                if start is not None and (place := reading.find(start)):
                    yield Hint(at, f"={reading.weight(place):.4g}")
        except MezzotintError:  # its finding says why it does not compile
            continue


def _first_letter(group: Group) -> int | None:
    """Where the text that a group itself holds begins."""
    for item in group.children:
        if isinstance(item, nodes.Text) and item.value.strip():
            return item.span.start + len(item.value) - len(item.value.lstrip())
    return None
