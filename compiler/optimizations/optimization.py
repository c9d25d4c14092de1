"""What an optimization is."""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import NamedTuple, TypeVar

from mezzotint.compiler.lint.context import HOME
from mezzotint.compiler.lint.registry import Edit
from mezzotint.compiler.lint.subject import Subject
from mezzotint.compiler.passes.clock import Clock
from mezzotint.grammar.nodes import Item, Node, Prompt
from mezzotint.grammar.span import Span

N = TypeVar("N", bound=Node)


class View:
    """What an optimization looks at: a prompt, and the clocks that it is compiled with."""

    def __init__(self, source: str, *, negative: bool, clocks: Sequence[Clock]) -> None:
        self.subject = Subject(source, negative=negative, context=HOME)
        self.source, self.clocks = source, clocks

    @property
    def tree(self) -> Prompt:
        """The syntax tree."""
        return self.subject.tree

    def nodes(self, kind: type[N]) -> Iterable[N]:
        """The nodes of a type, in source order."""
        found = self.subject.nodes.get(kind.__name__, ())
        return (node for node in found if isinstance(node, kind))

    @cached_property
    def longest(self) -> int:
        """The length of the longest timeline."""
        return max(clock.length for clock in self.clocks)


class Candidate(NamedTuple):
    """A rewriting that may be one: it is applied if it is proven to keep what the encoders are given.

    Attributes:
        span: what it is about.
        edits: disjoint, in ascending order; the fewer characters each takes, the more can be done at once.
    """

    span: Span
    edits: tuple[Edit, ...]

    @property
    def saved(self) -> int:
        """Characters that the text loses."""
        return sum(len(span) - len(text) for span, text in self.edits)


class Example(NamedTuple):
    """A prompt before and after, for documentation and test."""

    before: str
    after: str
    steps: int | None = None
    negative: bool = False


class Optimization(NamedTuple):
    """A name and what finds candidates; its module's docstring explains it.

    Attributes:
        name: lower case, with hyphens.
        title: what it does, in a few words.
        candidates: called with a :class:`View`.
        examples: prompts that it makes shorter.
        kept: prompts that look like those, and of which another text would make another picture.
    """

    name: str
    title: str
    candidates: Callable[[View], Iterable[Candidate]]
    examples: tuple[Example, ...]
    kept: tuple[Example, ...] = ()


def keeping(node: Node, items: Sequence[Item]) -> Candidate:
    """Leave nothing of a node but some of its children, which stand side by side."""
    if not items:
        return Candidate(node.span, ((node.span, ""),))
    before = Span(node.span.start, items[0].span.start)
    behind = Span(items[-1].span.end, node.span.end)
    return Candidate(node.span, ((before, ""), (behind, "")))


def kept(text: str, steps: int | None = None, *, negative: bool = False) -> Example:
    """An example of what stays."""
    return Example(text, text, steps, negative)
