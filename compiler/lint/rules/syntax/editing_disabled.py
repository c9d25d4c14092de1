"""MZ004 editing-disabled

What it does: finds a stray ``|``, or a backslash at the end of a line, in a prompt that uses prompt editing.
Why it is bad: one of them disables every ``[a:b:3]`` and ``[a|b]`` in the prompt, without a word.
Evidence: the reference's grammar has no place for them, so the whole text is taken as it stands: in
    ``a | b, [cat:dog:0.5]`` the words "cat:dog:0.5" are drawn for all steps.
Catalogue: PE207
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.context import A1111_LANGUAGE
from mezzotint.compiler.lint.registry import Edit, Found, Remedy, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Diagnostic, Severity
from mezzotint.grammar.nodes import Alternation, Scheduled, Stray
from mezzotint.grammar.walk import walk


def check(subject: Subject) -> Iterator[Found]:
    """Yield one finding for each culprit in a branch that loses schedules by it."""
    for branch in subject.tree.branches:
        if branch.schedulable:
            continue
        inside = list(walk(branch))
        if not any(isinstance(n, Scheduled | Alternation) for n in inside):
            continue
        for node in inside:
            if isinstance(node, Stray) and node.value in ("|", "\\"):
                yield Found(
                    f'this stray "{node.value}" disables all prompt editing in the prompt',
                    node.span,
                    f"remove it, or write \\{node.value} for the character",
                )


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """Put a comma for the bar; take the backslash away."""
    yield diagnostic.span, "," if subject.text(diagnostic.span) == "|" else ""


RULE = Rule(
    "MZ004",
    "editing-disabled",
    check,
    since="0.1.0",
    dialects=A1111_LANGUAGE,
    severity=Severity.ERROR,
    remedy=Remedy(edits=edits, title="put a comma for the bar, or take the backslash away"),
    bad=("a | b, [cat:dog:0.5]", "[cat|dog], red\\"),
    good=("a | b", "[a|b], [cat:dog:0.5]", r"a \| b, [cat:dog:0.5]"),
)
