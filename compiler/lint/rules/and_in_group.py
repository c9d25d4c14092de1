"""MZ205 and-in-group

What it does: finds ``AND`` between an opening bracket and its closing one.
Why it is bad: the prompt is split there first, so both brackets lose their partner.
Example: ``(cat AND dog:1.2)``   Use instead: ``(cat:1.2) AND (dog:1.2)``
"""

from collections.abc import Iterator
from itertools import pairwise

from mezzotint.compiler.lint.registry import Rule, Subject
from mezzotint.grammar.diagnostics import Diagnostic, Severity
from mezzotint.grammar.nodes import Branch, Stray
from mezzotint.grammar.span import Span
from mezzotint.grammar.walk import walk


def _strays(branch: Branch, values: str) -> bool:
    return any(isinstance(n, Stray) and n.value in values for n in walk(branch))


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Yield one finding for each AND with an unclosed bracket before it and an unopened one behind."""
    for left, right in pairwise(subject.tree.branches):
        if _strays(left, "([") and _strays(right, ")]"):
            start = subject.source.index("AND", left.span.end)
            yield Diagnostic(
                "MZ205",
                "AND splits the prompt even inside brackets",
                Span(start, start + 3),
                Severity.ERROR,
                "close the bracket before AND and open it again behind, or write it in lower case",
            )


RULE = Rule("MZ205", "and-in-group", check, since="0.1.0")
