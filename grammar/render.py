"""Syntax tree back to text, to an outline for people, and to JSON for programs."""

from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Any, assert_never

from mezzotint.grammar import nodes
from mezzotint.grammar.span import Span, line_column
from mezzotint.grammar.words import without_trivia


def _joined(children: tuple[nodes.Item, ...]) -> Iterator[str]:
    for child in children:
        yield from leaves(child)


def leaves(node: nodes.AnyNode) -> Iterator[str]:
    """The texts of the tree's leaves, punctuation included, in source order."""
    match node:
        case (
            nodes.Text() | nodes.Escape() | nodes.Stray() | nodes.Break() | nodes.Comment() | nodes.Network()
        ):
            yield node.value
        case nodes.Weight() | nodes.BranchWeight():
            yield node.value
        case nodes.Emphasis(children, weight):
            yield "("
            yield from _joined(children)
            yield weight.value if weight else ""
            yield ")"
        case nodes.Deemphasis(children):
            yield "["
            yield from _joined(children)
            yield "]"
        case nodes.Scheduled(before, after, when):
            yield "["
            if before is not None:
                yield from _joined(before)
                yield ":"
            yield from _joined(after)
            yield f":{when}]"
        case nodes.Alternation(options):
            for index, option in enumerate(options):
                yield "|" if index else "["
                yield from _joined(option)
            yield "]"
        case nodes.Branch(children, branch_weight, tail):
            yield from _joined(children)
            yield branch_weight.value if branch_weight else ""
            yield from _joined(tail)
        case nodes.Prompt(branches):
            for index, branch in enumerate(branches):
                yield "AND" if index else ""
                yield from leaves(branch)
        case _:
            assert_never(node)


def to_source(node: nodes.AnyNode) -> str:
    """The text that the node was read from, character for character."""
    return "".join(leaves(node))


def to_json(node: nodes.Node, source: str, place: Callable[[Span], Span] | None = None) -> dict[str, Any]:
    """Any tree as plain values: ``type``, ``start``, ``end``, ``line``, ``column`` and the node's fields.

    Where a text was cut out of ``source``, ``place`` tells for a range of it where that stands in ``source``.
    """
    span = place(node.span) if place else node.span
    line, column = line_column(source, span.start)
    where = {"start": span.start, "end": span.end, "line": line, "column": column}
    values = {f.name: _value(getattr(node, f.name), source, place) for f in fields(node) if f.name != "span"}
    return {"type": type(node).__name__, **where, **values}


def _value(value: Any, source: str, place: Callable[[Span], Span] | None) -> Any:
    if isinstance(value, tuple):
        return [_value(item, source, place) for item in value]
    return to_json(value, source, place) if isinstance(value, nodes.Node) else value


def outline(node: nodes.AnyNode, depth: int = 0) -> Iterator[tuple[int, str, Span]]:
    """One row a node, for display: how deep it stands, what it is, and its range."""
    label = type(node).__name__
    match node:
        case nodes.Emphasis(_, weight):
            label += f" {without_trivia(weight.value).strip(': ')}" if weight else " 1.1"
        case nodes.Deemphasis():
            label += " 1/1.1"
        case nodes.Scheduled():
            label += f" at {node.digits}"
        case nodes.Branch(_, branch_weight, _):
            label += f" {branch_weight.number}" if branch_weight else ""
            label += "" if node.schedulable else " (schedules disabled)"
        case nodes.Alternation() | nodes.Prompt() | nodes.Break():
            pass
        case _:
            label += f" {node.value!r}"
    yield depth, label, node.span
    for name, part in _parts(node):
        at = depth + 1
        if name:
            yield at, name, node.span
            at += 1
        for child in part:
            yield from outline(child, at)


def _parts(node: nodes.AnyNode) -> Iterator[tuple[str, tuple[Any, ...]]]:
    match node:
        case nodes.Emphasis(children, _) | nodes.Deemphasis(children):
            yield "", children
        case nodes.Branch(children, _, tail):
            yield "", (*children, *tail)
        case nodes.Scheduled(before, after, _):
            yield "before", before or ()
            yield "after", after
        case nodes.Alternation(options):
            for index, option in enumerate(options, 1):
                yield f"option {index}", option
        case nodes.Prompt(branches):
            yield "", branches
        case _:
            return
