"""MZ208 unreached-step

What it does: finds a switch that comes after the last step. Where the steps are not known, it takes 150 for
    a step, and 50 for a fraction.
Why it is bad: the text behind it is never drawn in the first pass.
Evidence: in stable-diffusion-webui v1.10.1 the text before a switch stays in force for one evaluation more
    than its number says, so at 20 steps ``[cat:dog:19]`` is a cat in all of them.
Catalogue: PE201
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.clock import LARGEST_STEP, is_for_second_pass, last_step
from mezzotint.compiler.lint.context import A1111_LANGUAGE, Context
from mezzotint.compiler.lint.registry import Example, Found, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.nodes import Scheduled

MANY_STEPS = 50
"""More than most pictures are made with; with more of them a fraction comes sooner."""


def check(subject: Subject, node: Scheduled) -> Iterator[Found]:
    """Yield a finding if the switch is never reached in the first pass."""
    steps = subject.context.steps
    if abs(node.number) > 1e9 or is_for_second_pass(node, subject.context):
        return
    is_fraction = "." in node.digits
    if is_fraction and node.number >= 1:
        return  # rules of their own
    length = steps or (MANY_STEPS if is_fraction else LARGEST_STEP + 1)
    if last_step(node, length) >= length - 1:
        most = f"{MANY_STEPS} steps or fewer" if is_fraction else f"{LARGEST_STEP} steps, the most of A1111"
        known = f"{steps} steps" if steps else most
        yield Found(
            f"the switch at {node.digits} is never reached with {known}",
            node.span,
            "switch earlier, or write a fraction such as 0.5",
        )


_STEPS = Context(steps=20, hires_steps=0)

RULE = Rule(
    "MZ208",
    "unreached-step",
    check,
    since="0.1.0",
    dialects=A1111_LANGUAGE,
    nodes=("Scheduled",),
    bad=(
        Example("[cat:dog:25]", _STEPS),
        Example("[cat:dog:19]", _STEPS),
        Example("[cat:dog:0.97]", _STEPS),
        "[cat:dog:500]",
        "[cat:dog:0.99]",
    ),
    good=(
        Example("[cat:dog:18]", _STEPS),
        Example("[cat:dog:25]", Context(steps=20, hires_steps=10)),
        "[cat:dog:25]",
        "[cat:dog:0.95]",
    ),
)
