"""default-weight: a number that brackets have without it.

``(cat:1.1)`` weighs what ``(cat)`` weighs.
"""

from collections.abc import Iterator

from mezzotint.compiler.optimizations.optimization import Candidate, Example, Optimization, View, kept
from mezzotint.compiler.passes.attention import ROUND_WEIGHT
from mezzotint.grammar.nodes import Emphasis


def candidates(view: View) -> Iterator[Candidate]:
    """Yield each such number."""
    for node in view.nodes(Emphasis):
        if node.weight and node.weight.number == ROUND_WEIGHT:
            yield Candidate(node.span, ((node.weight.span, ""),))


OPTIMIZATION = Optimization(
    "default-weight",
    "leave out the weight that brackets have anyway",
    candidates,
    examples=(Example("a (cat:1.1)", "a (cat)"), Example("(a: 1.10 ) b", "(a) b", negative=True)),
    kept=(kept("(cat:1.2)"), kept("(at 5:1.1:1.1)"), kept("[cat:1.1]")),
)
