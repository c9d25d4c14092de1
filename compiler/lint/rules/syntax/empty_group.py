"""MZ007 empty-group

What it does: finds brackets with nothing in them.
Why it is bad: they weigh nothing; most are left over from words that were deleted. Behind a weight somebody
    meant words.
Evidence: ``()``, ``( )`` and ``(:1.2)`` give no token at all in stable-diffusion-webui v1.10.1.
Catalogue: PS008
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.context import A1111_LANGUAGE, UNWEIGHED
from mezzotint.compiler.lint.registry import Edit, Found, Remedy, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Diagnostic, Severity
from mezzotint.grammar.nodes import Deemphasis, Emphasis, Text


def check(subject: Subject, node: Emphasis | Deemphasis) -> Iterator[Found]:
    """Yield a finding if there is no word between the brackets."""
    if all(isinstance(child, Text) and not child.value.strip() for child in node.children):
        has_weight = isinstance(node, Emphasis) and node.weight
        severity = None if has_weight else Severity.INFO
        message = "nothing is in these brackets, so they do nothing"
        yield Found(message, node.span, "remove them, or write what they weigh", severity)


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """Remove the brackets."""
    yield diagnostic.span, ""


RULE = Rule(
    "MZ007",
    "empty-group",
    check,
    since="0.1.0",
    dialects=A1111_LANGUAGE,
    families=UNWEIGHED,
    nodes=("Emphasis", "Deemphasis"),
    remedy=Remedy(edits=edits, title="remove the brackets", is_safe=True),
    bad=("a cat, ()", "( ), a cat", "(:1.2) a cat", "[]"),
    good=("(cat)", "[|red] cat", r"a cat \(\)"),
)
