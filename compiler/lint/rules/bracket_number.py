"""MZ203 bracket-number

What it does: finds ``[text:1.3]``, which looks like a weight in square brackets.
Why it is bad: it is prompt editing: the text appears after that part of the steps; with a number
    written 1.0 or above it never appears in the first pass.
Example: ``[cat:1.3]``   Use instead: ``(cat:0.77)``
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.registry import Rule, Subject
from mezzotint.grammar.diagnostics import Diagnostic, Severity
from mezzotint.grammar.nodes import Scheduled
from mezzotint.grammar.walk import walk


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Yield one finding for each appearing text whose number has a point and is 1 or more."""
    for node in walk(subject.tree):
        if (
            isinstance(node, Scheduled)
            and node.before is None
            and "." in node.digits
            and 1 <= node.number < 3
        ):
            yield Diagnostic(
                "MZ203",
                f"not a weight: the text appears at {node.number:g} of the steps, so never in the first pass",
                node.span,
                Severity.ERROR,
                "write (text:0.77) for a weight, [text:0.5] for a text that appears half-way",
            )


RULE = Rule("MZ203", "bracket-number", check, since="0.1.0")
