"""MZ001 bad-weight

What it does: finds a weight that is made of digits and points and yet is no number.
Why it is bad: the reference stops with an error, and no picture is made.
Example: ``(cat:1.2.3)``   Use instead: ``(cat:1.2)``
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.registry import Rule, Subject
from mezzotint.grammar.diagnostics import Diagnostic, Severity
from mezzotint.grammar.nodes import Emphasis
from mezzotint.grammar.walk import walk


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Yield one finding for each such weight."""
    for node in walk(subject.tree):
        if isinstance(node, Emphasis) and node.weight and node.weight.number is None:
            number = node.weight.value[1:].strip()
            yield Diagnostic(
                "MZ001",
                f'"{number}" is not a number, so it cannot be a weight',
                node.weight.span,
                Severity.ERROR,
                "write one number with at most one point, such as 1.2",
            )


RULE = Rule("MZ001", "bad-weight", check, since="0.1.0")
