"""When the texts of a schedule are in force, for rules about switches that never come."""

from mezzotint.compiler.lint.context import Context
from mezzotint.compiler.passes.clock import Clock
from mezzotint.grammar.nodes import Scheduled

LARGEST_STEP = 150
"""A1111 makes no more steps than these."""


def last_step(node: Scheduled, steps: int) -> int:
    """The last step at which the text before the switch is in force; 0 and below for none.

    Raises:
        OverflowError: the number is too large for one.
    """
    return Clock(steps).step(node.digits)


def is_for_second_pass(node: Scheduled, context: Context) -> bool:
    """Whether the switch may be meant for the second pass of "hires fix"."""
    if context.hires_steps == 0:
        return False
    return context.hires_steps is not None or ("." in node.digits and node.number > 1)
