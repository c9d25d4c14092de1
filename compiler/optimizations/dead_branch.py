"""dead-branch: the side of a schedule that is never in force.

``[cat:dog:0]`` is a dog from the beginning, whatever the number of steps. Where that is known, a switch that
comes behind the last step leaves its first side for the whole pass. The text behind a switch at the last step
stays: it is encoded, never in force, and yet plays a part in padding and means.
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
from mezzotint.grammar.nodes import Scheduled


def candidates(view: View) -> Iterator[Candidate]:
    """Yield the live side of each schedule that has a dead one."""
    for node in view.nodes(Scheduled):
        try:
            steps = [(clock.step(node.digits), clock.length) for clock in view.clocks]
        except (OverflowError, ValueError):  # it does not compile either
            continue
        if all(step < 1 for step, _ in steps):
            yield keeping(node, node.after)
        elif all(step >= length for step, length in steps):
            yield keeping(node, node.before or ())


OPTIMIZATION = Optimization(
    "dead-branch",
    "leave the side of a schedule that is in force",
    candidates,
    examples=(
        Example("a [cat:dog:0] in rain", "a dog in rain"),
        Example("a [wet:-1]cat", "a wetcat"),
        Example("a [cat:dog:90], (red:1.2)", "a cat, (red:1.2)", steps=20),
        Example("[old [red:blue:0] cat:dog:50]", "old blue cat", steps=20),
        Example("a cat[ in fog:2.0]", "a cat", steps=30),
    ),
    kept=(
        kept("a [cat:dog:0.5] in rain"),
        kept("a [cat:dog:90]"),
        kept("a [cat:dog:19]", steps=20),
        kept("a [cat:dog:25]", steps=20),
        kept("a | b [cat:dog:0]"),
    ),
)
