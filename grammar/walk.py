"""One way through every syntax tree: a prompt's, an infotext's, a style sheet's."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, overload

from mezzotint.grammar.nodes import AnyNode, Node
from mezzotint.grammar.span import Span

if TYPE_CHECKING:
    from mezzotint.grammar.infotext.nodes import FrameNode
    from mezzotint.grammar.styles.nodes import SheetNode, TemplateNode


_LEAVES = (str, bool, Span)
_inner: dict[type[Node], tuple[str, ...]] = {}
"""Of each type the fields that may hold nodes: most nodes are words, and have none."""


def _nodes(value: Any) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _nodes(item)


def children(node: Node) -> Iterator[Node]:
    """The nodes directly inside, in source order: nodes declare their fields in that order."""
    names = _inner.get(type(node))
    if names is None:
        declared = node.__dataclass_fields__.items()
        names = _inner[type(node)] = tuple(name for name, field in declared if field.type not in _LEAVES)
    for name in names:
        yield from _nodes(getattr(node, name))


@overload
def walk(node: AnyNode) -> Iterator[AnyNode]: ...
@overload
def walk(node: "FrameNode") -> "Iterator[FrameNode]": ...
@overload
def walk(node: "SheetNode") -> "Iterator[SheetNode]": ...
@overload
def walk(node: "TemplateNode") -> "Iterator[TemplateNode]": ...
@overload
def walk(node: Node) -> Iterator[Node]: ...
def walk(node: Node) -> Iterator[Node]:
    """The node and all nodes inside it, parents first, in source order."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        yield current
        waiting += reversed(list(children(current)))


class Visitor:
    """Calls a method of its own for each node that it has one for, and remembers what it likes.

    ``visit_Emphasis(node)`` is called when an :class:`~mezzotint.grammar.nodes.Emphasis` is reached, and
    ``leave_Emphasis(node)`` when all inside it has been seen. If ``visit_…`` returns ``False``, nothing
    inside is visited, and ``leave_…`` is called at once.
    """

    def visit(self, node: Node) -> None:
        """Visit a node and all inside it, in source order."""
        waiting = [(node, False)]
        while waiting:
            current, is_seen = waiting.pop()
            if is_seen:
                self._call("leave", current)
                continue
            waiting.append((current, True))
            if self._call("visit", current) is not False:
                waiting += reversed([(child, False) for child in children(current)])

    def _call(self, verb: str, node: Node) -> Any:
        method = getattr(self, f"{verb}_{type(node).__name__}", None)
        return method(node) if method else None
