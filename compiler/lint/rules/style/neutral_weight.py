"""MZ102 neutral-weight

What it does: finds a weight of exactly 1.
Why it is bad: it changes nothing and hides which words are really emphasised.
Evidence: ``(cat:1)`` and ``cat`` compile to the same program, which the fix proves each time.
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.context import UNWEIGHED, WITH_WEIGHTS
from mezzotint.compiler.lint.registry import Edit, Found, Remedy, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Diagnostic, Severity
from mezzotint.grammar.nodes import Emphasis


def check(subject: Subject, node: Emphasis) -> Iterator[Found]:
    """Yield a finding if the weight is 1."""
    if node.weight and node.weight.number == 1:
        yield Found("a weight of 1 has no effect", node.weight.span, "remove the brackets")


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """The words without brackets."""
    for node in subject.nodes.get("Emphasis", ()):
        if isinstance(node, Emphasis) and node.weight and node.weight.span == diagnostic.span:
            yield node.span, subject.source[node.span.start + 1 : node.weight.span.start]


RULE = Rule(
    "MZ102",
    "neutral-weight",
    check,
    since="0.1.0",
    dialects=WITH_WEIGHTS,
    families=UNWEIGHED,
    severity=Severity.INFO,
    nodes=("Emphasis",),
    is_default=False,
    remedy=Remedy(edits=edits, title="remove the brackets", is_safe=True),
    bad=("a (cat:1)", "(red:1.0) circle"),
    good=("a (cat:1.1)", "a cat"),
)
