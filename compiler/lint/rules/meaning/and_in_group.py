"""MZ205 and-in-group

What it does: finds ``AND`` between an opening bracket and its closing one.
Why it is bad: the prompt is split there first, so both brackets lose their partner.
Evidence: in stable-diffusion-webui v1.10.1 ``(cat AND dog:1.2)`` becomes two prompts, "(cat" and " dog:1.2)".
Catalogue: PE208
"""

from collections.abc import Iterator
from itertools import pairwise

from mezzotint.compiler.lint.context import A1111_LANGUAGE
from mezzotint.compiler.lint.extensions import nests_compositions
from mezzotint.compiler.lint.registry import Edit, Example, Found, Remedy, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Diagnostic, Severity
from mezzotint.grammar.nodes import Branch, Stray
from mezzotint.grammar.span import Span
from mezzotint.grammar.walk import walk


def _strays(branch: Branch, values: str) -> bool:
    return any(isinstance(n, Stray) and n.value in values for n in walk(branch))


def check(subject: Subject) -> Iterator[Found]:
    """Yield one finding for each AND with an unclosed bracket before it and an unopened one behind."""
    if nests_compositions(subject.source):
        return
    for left, right in pairwise(subject.tree.branches):
        if _strays(left, "([") and _strays(right, ")]"):
            start = subject.source.index("AND", left.span.end)
            yield Found(
                "AND splits the prompt even inside brackets, and each bracket loses its partner",
                Span(start, start + 3),
                "close the bracket before AND and open it again behind, or write it in lower case",
            )


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """The word in lower case is only a word."""
    yield diagnostic.span, "and"


RULE = Rule(
    "MZ205",
    "and-in-group",
    check,
    since="0.1.0",
    dialects=A1111_LANGUAGE,
    severity=Severity.ERROR,
    remedy=Remedy(edits=edits, title="write the word in lower case"),
    bad=(
        Example("(cat AND dog:1.2)", also=("MZ003",)),
        Example("[cat AND dog:bird:5]", also=("MZ003",)),
    ),
    good=("a AND_PERP [b :3.0 AND c :4.0]", "(cat:1.2) AND (dog:1.2)", "(cat and dog:1.2)"),
)
