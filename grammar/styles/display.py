"""The trees of style sheets and style texts back to text."""

from collections.abc import Iterator
from typing import assert_never

from mezzotint.grammar.styles.nodes import (
    Addition,
    Blank,
    Cell,
    Characters,
    Doubled,
    Placeholder,
    Prose,
    Quote,
    Row,
    Sheet,
    SheetNode,
    Space,
    TemplateNode,
    Wrapper,
)


def leaves(node: SheetNode | TemplateNode) -> Iterator[str]:
    """The texts of the tree's leaves, commas included, in source order."""
    match node:
        case Sheet(mark, rows):
            yield mark
            for row in rows:
                yield from leaves(row)
        case Row(cells, end):
            for index, cell in enumerate(cells):
                yield "," if index else ""
                yield from leaves(cell)
            yield end
        case Cell(parts):
            for part in parts:
                yield part.value
        case Addition(text):
            yield text.value
        case Wrapper(pieces):
            for piece in pieces:
                yield piece.value
        case Space() | Quote() | Characters() | Doubled() | Blank() | Placeholder() | Prose():
            yield node.value
        case _:
            assert_never(node)


def to_source(node: SheetNode | TemplateNode) -> str:
    """The text that the node was read from, character for character."""
    return "".join(leaves(node))
