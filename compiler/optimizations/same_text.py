"""same-text: a switch between equal texts.

``[red:red:0.5]`` and ``[red|red]`` are red at every step. The reference encodes the text once for each entry
of the timeline all the same. It stays beside weights: the mean that a weight restores is taken over all
entries, and with fewer of them its last bit may be another.
"""

from collections.abc import Iterator

from mezzotint.compiler.optimizations.optimization import (
    Candidate,
    Example,
    Optimization,
    View,
    keeping,
    kept,
)
from mezzotint.grammar.nodes import Alternation, Scheduled


def candidates(view: View) -> Iterator[Candidate]:
    """Yield the one text of each switch that has no other."""
    for schedule in view.nodes(Scheduled):
        if (schedule.before or ()) == schedule.after:
            yield keeping(schedule, schedule.after)
    for alternation in view.nodes(Alternation):
        if len(set(alternation.options)) == 1:
            yield keeping(alternation, alternation.options[0])


OPTIMIZATION = Optimization(
    "same-text",
    "write once what is the same on both sides of a switch",
    candidates,
    examples=(
        Example("a [red:red:0.5] cat", "a red cat"),
        Example("[big cat|big cat|big cat]", "big cat"),
        Example("a [red:red:0.5] cat", "a red cat", steps=20),
        Example("a [::9]cat", "a cat"),
    ),
    kept=(
        kept("a [red:Red hair:0.5] cat"),
        kept("[cat|dog|cat]"),
        kept("a [red:red:0.5] (cat:1.2)"),
    ),
)
