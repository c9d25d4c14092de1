"""MZ002 step-overflow

What it does: finds a switching point that is too large for a number.
Why it is bad: the reference stops with an error, and no picture is made.
Example: ``[cat:dog:1e999]``   Use instead: ``[cat:dog:10]``
"""

import math
from collections.abc import Iterator

from mezzotint.compiler.lint.registry import Rule, Subject
from mezzotint.grammar.diagnostics import Diagnostic, Severity
from mezzotint.grammar.nodes import Scheduled
from mezzotint.grammar.walk import walk


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Yield one finding for each infinite step."""
    for node in walk(subject.tree):
        if isinstance(node, Scheduled) and math.isinf(node.number):
            yield Diagnostic(
                "MZ002",
                f'the step "{node.digits}" is too large',
                node.span,
                Severity.ERROR,
                "write a step such as 10, or a fraction such as 0.5",
            )


RULE = Rule("MZ002", "step-overflow", check, since="0.1.0")
