"""MZ002 step-overflow

What it does: finds a switching point that is too large for a number.
Why it is bad: the reference stops with an error, and no picture is made.
Evidence: in stable-diffusion-webui v1.10.1 ``[cat:dog:1e999]`` raises OverflowError, which nothing catches.
"""

import math
from collections.abc import Iterator

from mezzotint.compiler.lint.context import A1111_LANGUAGE
from mezzotint.compiler.lint.registry import Found, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Severity
from mezzotint.grammar.nodes import Scheduled


def check(subject: Subject, node: Scheduled) -> Iterator[Found]:
    """Yield a finding if the step is infinite."""
    if math.isinf(node.number):
        yield Found(
            f'the step "{node.digits}" is too large: A1111 stops with an error',
            node.span,
            "write a step such as 10, or a fraction such as 0.5",
        )


RULE = Rule(
    "MZ002",
    "step-overflow",
    check,
    since="0.1.0",
    dialects=A1111_LANGUAGE,
    severity=Severity.ERROR,
    nodes=("Scheduled",),
    bad=("[cat:dog:1e999]", "[cat:-1e999]"),
    good=("[cat:dog:10]", "[cat:dog:1e1]"),
)
