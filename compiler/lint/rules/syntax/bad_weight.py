"""MZ001 bad-weight

What it does: finds a weight that is made of digits and points and yet is no number.
Why it is bad: the reference stops with an error, and no picture is made.
Evidence: in stable-diffusion-webui v1.10.1 ``(cat:1.2.3)`` and ``(cat:.)`` raise ValueError while the prompt
    is read; the log shows "could not convert string to float".
Catalogue: PW101
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.context import A1111_LANGUAGE, UNWEIGHED
from mezzotint.compiler.lint.registry import Edit, Found, Remedy, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Diagnostic, Severity
from mezzotint.grammar.nodes import Emphasis

PARTS = 2  # of a number with one point


def check(subject: Subject, node: Emphasis) -> Iterator[Found]:
    """Yield a finding if the weight is no number."""
    if node.weight and node.weight.number is None:
        number = node.weight.value[1:].strip()
        yield Found(
            f'"{number}" is not a number, so it cannot be a weight: A1111 stops with an error',
            node.weight.span,
            "write one number with at most one point, such as 1.2",
        )


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """Keep the number up to its second point."""
    parts = subject.text(diagnostic.span)[1:].strip().split(".")
    if len(parts) > PARTS and parts[0].isdigit() and parts[1].isdigit():
        yield diagnostic.span, f":{parts[0]}.{parts[1]}"


RULE = Rule(
    "MZ001",
    "bad-weight",
    check,
    since="0.1.0",
    dialects=A1111_LANGUAGE,
    families=UNWEIGHED,
    severity=Severity.ERROR,
    nodes=("Emphasis",),
    remedy=Remedy(edits=edits, title="keep the number up to its second point"),
    bad=("(cat:1.2.3)", "a (red:.) circle", "((x:1..2):1.1)"),
    good=("(cat:1.2)", "(cat:.5)", "(cat:1.)", "cat:1.2.3"),
)
