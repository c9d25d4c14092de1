"""Brackets without a partner, in the order in which the weights of a prompt are read."""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from mezzotint.grammar.nodes import Branch, Stray
from mezzotint.grammar.span import Span
from mezzotint.grammar.walk import walk

_PARTNER = {"(": ")", "[": "]"}
_FAR = 60  # letters, behind which a bracket of the other kind is another slip


class Stretch(NamedTuple):
    """Equal brackets side by side that have no partner.

    Attributes:
        value: one of them.
        number: how many.
        span: all of them.
        closer: the bracket that seems to be meant as the partner of the only one: of the same kind where
            they cross other brackets, or of the other kind.
    """

    value: str
    number: int
    span: Span
    closer: Stray | None = None


def stretches(branch: Branch, kinds: str = "()[]") -> Iterator[Stretch]:
    """The stretches of a composed prompt, in source order; a closer has none of its own."""
    strays = [node for node in walk(branch) if isinstance(node, Stray) and node.value in kinds]
    strays.sort(key=lambda node: node.span.start)
    closers = _closers(strays)
    taken = {closer.span.start for closer in closers.values()}
    waiting: list[Stray] = []
    for node in strays:
        closer = closers.get(node.span.start)
        is_alone = closer is not None or node.span.start in taken
        if waiting and (is_alone or node.value != waiting[0].value or node.span.start > waiting[-1].span.end):
            yield _joined(waiting)
            waiting = []
        if closer is not None:
            yield Stretch(node.value, 1, node.span, closer)
        elif not is_alone:
            waiting.append(node)
    if waiting:
        yield _joined(waiting)


def _joined(nodes: list[Stray]) -> Stretch:
    return Stretch(nodes[0].value, len(nodes), Span(nodes[0].span.start, nodes[-1].span.end))


def _closers(strays: list[Stray]) -> dict[int, Stray]:
    """The closing brackets by the offsets of the opening ones; of the same kind first, as they are paired."""
    found: dict[int, Stray] = {}
    for opening, closing in _PARTNER.items():
        stack: list[Stray] = []
        for node in strays:
            if node.value == opening:
                stack.append(node)
            elif node.value == closing and stack:
                found[stack.pop().span.start] = node
    taken = {node.span.start for node in found.values()}
    left = [n for n in strays if n.span.start not in found and n.span.start not in taken]
    for first, second in pairwise(left):
        is_near = second.span.start - first.span.end <= _FAR
        if is_near and first.value in _PARTNER and second.value in _PARTNER.values():
            found[first.span.start] = second
    return found
