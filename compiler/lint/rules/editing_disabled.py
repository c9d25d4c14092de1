"""MZ004 editing-disabled

What it does: finds a stray ``|``, or a backslash at the end of a line, in a prompt that uses prompt editing.
Why it is bad: one of them disables every ``[a:b:3]`` and ``[a|b]`` in the prompt, without a word.
Example: ``a | b, [cat:dog:0.5]``   Use instead: ``a, b, [cat:dog:0.5]``
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.registry import Rule, Subject
from mezzotint.grammar.diagnostics import Diagnostic, Severity
from mezzotint.grammar.nodes import Alternation, Scheduled, Stray
from mezzotint.grammar.walk import walk


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Yield one finding for each culprit in a branch that loses schedules by it."""
    for branch in subject.tree.branches:
        inside = list(walk(branch))
        if branch.schedulable or not any(isinstance(n, Scheduled | Alternation) for n in inside):
            continue
        for node in inside:
            if isinstance(node, Stray) and node.value in ("|", "\\"):
                yield Diagnostic(
                    "MZ004",
                    f'this stray "{node.value}" disables all prompt editing in the prompt',
                    node.span,
                    Severity.ERROR,
                    f"remove it, or write \\{node.value} for the character",
                )


RULE = Rule("MZ004", "editing-disabled", check, since="0.1.0")
