"""merged-groups: neighbours of one weight in brackets of their own.

``(red:1.2) (cat:1.2)`` gives the tokens of ``(red cat:1.2)`` at the same weights. A comma between them does
not: it has a weight of its own, which is another. Square brackets stay as they are: template languages write
their commands in them.
"""

from collections.abc import Iterator
from itertools import pairwise

from mezzotint.compiler.lint.groups import factor
from mezzotint.compiler.optimizations.optimization import Candidate, Example, Optimization, View, kept
from mezzotint.grammar.nodes import Emphasis, Text
from mezzotint.grammar.span import Span
from mezzotint.grammar.walk import children, walk


def candidates(view: View) -> Iterator[Candidate]:
    """Yield each pair of groups with nothing but space between."""
    if "Emphasis" not in view.subject.nodes:
        return
    for node in walk(view.tree):
        beside = [child for child in children(node) if not _is_blank(child)]
        for first, second in pairwise(beside):
            if isinstance(first, Emphasis) and isinstance(second, Emphasis) and _is_alike(first, second):
                yield _merged(first, second)


def _is_blank(node: object) -> bool:
    return isinstance(node, Text) and not node.value.strip()


def _is_alike(first: Emphasis, second: Emphasis) -> bool:
    return factor(first) == factor(second) != 1


def _merged(first: Emphasis, second: Emphasis) -> Candidate:
    start = first.weight.span.start if first.weight else first.span.end - 1
    tail, head = Span(start, first.span.end), Span(second.span.start, second.span.start + 1)
    return Candidate(first.span.cover(second.span), ((tail, ""), (head, "")))


OPTIMIZATION = Optimization(
    "merged-groups",
    "put neighbours of one weight into one pair of brackets",
    candidates,
    examples=(
        Example("a (red:1.2) (cat:1.2)", "a (red cat:1.2)"),
        Example("(red:1.2)(cat:1.2) (hat:1.2), sun", "(redcat hat:1.2), sun"),
        Example("(dull:.5) (grey:0.50)\n(sky:0.5)", "(dull grey\nsky:0.5)"),
        Example("(red) (cat)", "(red cat)"),
    ),
    kept=(
        kept("(red:1.2), (cat:1.2)"),
        kept("(red:1.2) (cat:1.3)"),
        kept("[/if] [get cat]"),
        kept("(red:1.2) BREAK (cat:1.2)"),
    ),
)
