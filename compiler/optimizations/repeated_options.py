"""repeated-options: options of an alternation that come again in the same order, or never.

``[a|b|a|b]`` takes the same turns as ``[a|b]``; with three steps ``[a|b|c|d]`` never comes to ``d``.
"""

from collections.abc import Iterator

from mezzotint.compiler.optimizations.optimization import Candidate, Example, Optimization, View, kept
from mezzotint.grammar.nodes import Alternation, Item
from mezzotint.grammar.span import Span


def candidates(view: View) -> Iterator[Candidate]:
    """Yield the end of each alternation that has more options than it needs."""
    for node in view.nodes(Alternation):
        count = min(_period(node.options), view.longest)
        if 1 < count < len(node.options):
            dropped = node.options[count:]
            # A bar before each, and the bracket behind the last.
            length = sum(1 + sum(len(item.span) for item in option) for option in dropped)
            end = node.span.end - 1
            yield Candidate(node.span, ((Span(end - length, end), ""),))


def _period(options: tuple[tuple[Item, ...], ...]) -> int:
    """After how many options they begin anew."""
    count = len(options)
    divisors = (n for n in range(1, count // 2 + 1) if count % n == 0)
    return next((n for n in divisors if options[:n] * (count // n) == options), count)


OPTIMIZATION = Optimization(
    "repeated-options",
    "drop the options of an alternation that bring nothing new",
    candidates,
    examples=(
        Example("a [red|blue|red|blue] cat", "a [red|blue] cat"),
        Example("[|(a:1.2)||(a:1.2)]", "[|(a:1.2)]"),
        Example("[a|b|c|d|e|f|g|h|i]", "[a|b|c|d|e|f|g|h]", steps=4),
    ),
    kept=(
        kept("[red|blue|red]"),
        kept("[a|b|c|d]"),
        kept("[a|b|c|d]", steps=3),
    ),
)
