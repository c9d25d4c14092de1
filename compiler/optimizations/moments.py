"""The moments of a schedule whose number of steps nobody knows: what can be in force, at any step of any run.

However many steps there are, of two fractions the smaller one switches first, or both at once; so it is with
two step numbers. How far the fractions are when a step number comes is what the steps decide, so every
combination is a moment. That covers the second pass of "hires fix", which begins in the middle.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import isinf, lcm

from mezzotint.compiler.passes.clock import Clock
from mezzotint.grammar.nodes import Alternation, Prompt, Scheduled
from mezzotint.grammar.walk import walk

MAX_TEXTS = 256
"""Texts that are compared, at most; about a second for a prompt of 1,000 letters."""
_FOREVER = 1e9


@dataclass(frozen=True, slots=True)
class Moment(Clock):
    """A clock that stands still: each switch has happened or has not.

    Its timeline is as long as all alternations take to begin anew together, one text for each phase.

    Attributes:
        fraction: the greatest fraction that has been passed.
        whole: the greatest step number that has been passed.
    """

    fraction: float = 0.0
    whole: float = 0.0

    def step(self, number: str) -> int:
        """The length where the switch is to come, else 0.

        Raises:
            OverflowError: the number is infinite.
        """
        value = _value(number)
        if isinf(value):
            raise OverflowError(number)
        return self.length if value > (self.fraction if "." in number else self.whole) else 0


def _value(number: str) -> float:
    """The switching point; what rounds to step 0 is 0."""
    value = float(number)
    return value if "." in number or isinf(value) else float(int(value))


def moments(tree: Prompt) -> tuple[Moment, ...]:
    """Every moment that a prompt knows; none where they are too many to compare."""
    nodes = [node for node in walk(tree) if isinstance(node, Scheduled | Alternation)]
    schedules = [node.digits for node in nodes if isinstance(node, Scheduled)]
    options = [len(node.options) for node in nodes if isinstance(node, Alternation)]
    fractions = _passed(number for number in schedules if "." in number)
    wholes = _passed(number for number in schedules if "." not in number)
    phases = lcm(*options)
    if len(fractions) * len(wholes) * phases > MAX_TEXTS:
        return ()
    return tuple(Moment(phases, fraction=f, whole=w) for f in fractions for w in wholes)


def _passed(numbers: Iterable[str]) -> list[float]:
    """Nothing passed, and each switching point passed in turn; what is 0 or less is passed always."""
    return sorted({0.0, *(value for value in map(_value, numbers) if 0 < value < _FOREVER)})


def switches(tree: Prompt) -> tuple[object, ...]:
    """What decides at which steps a new entry of the timeline begins, for each branch."""
    found = []
    for branch in tree.branches:
        nodes = list(walk(branch)) if branch.schedulable else []
        alternates = any(isinstance(node, Alternation) for node in nodes)
        numbers = {("." in n.digits, _value(n.digits)) for n in nodes if isinstance(n, Scheduled)}
        found.append((alternates, frozenset(one for one in numbers if one[1] > 0)))
    return tuple(found)
