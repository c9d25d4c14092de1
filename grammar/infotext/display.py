"""The frame of an infotext back to text, and to an outline for people."""

from collections.abc import Iterator
from typing import assert_never

from mezzotint.grammar.infotext.nodes import (
    Frame,
    FrameNode,
    Junk,
    Line,
    Section,
    Separator,
    Settings,
)
from mezzotint.grammar.infotext.record import Setting
from mezzotint.grammar.span import Span


def leaves(node: FrameNode) -> Iterator[str]:
    """The texts of the tree's leaves, in source order."""
    match node:
        case Frame(margin, prompt, negative, settings, end):
            yield margin
            for section in (prompt, negative, settings):
                if section:
                    yield from leaves(section)
            yield end
        case Section(lines):
            for line in lines:
                yield from leaves(line)
        case Line(label, text, end):
            yield from (label, text, end)
        case Settings(parts):
            for part in parts:
                yield from leaves(part)
        case Setting():
            yield from (node.key, node.colon, node.raw)
        case Separator() | Junk():
            yield node.value
        case _:
            assert_never(node)


def to_source(node: FrameNode) -> str:
    """The text that the node was read from, character for character."""
    return "".join(leaves(node))


def outline(node: FrameNode, depth: int = 0) -> Iterator[tuple[int, str, Span]]:
    """One row a node, for display: how deep it stands, what it is, and its range. Separators are left out."""
    label = type(node).__name__
    parts: tuple[FrameNode | None, ...] = ()
    match node:
        case Frame(_, prompt, negative, settings, _):
            parts = (prompt, negative, settings)
        case Section(lines):
            label += " negative" if lines and lines[0].label else " positive"
            parts = lines
        case Line():
            label += f" {node.text!r}"
        case Settings(members):
            parts = tuple(member for member in members if not isinstance(member, Separator))
        case Setting():
            label += f" {node.key!r} = {node.raw!r}" if node.raw else f" {node.key!r} without a value"
        case Separator() | Junk():
            label += f" {node.value!r}"
        case _:
            assert_never(node)
    yield depth, label, node.span
    for part in parts:
        if part:
            yield from outline(part, depth + 1)
