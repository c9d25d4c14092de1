"""MZ104 loose-separator

What it does: finds commas with nothing between them.
Why it is bad: each is a token, and one of them would do.
Evidence: ``a,, b`` has one token more than ``a, b``; most are left over from words that were deleted.
Catalogue: PS009
"""

import re
from collections.abc import Iterator

from mezzotint.compiler.lint.registry import Edit, Found, Remedy, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Diagnostic, Severity
from mezzotint.grammar.span import Span

_COMMAS = re.compile(r",\s*(?:,\s*)+")


def check(subject: Subject) -> Iterator[Found]:
    """Yield one finding for each run of commas."""
    for found in _COMMAS.finditer(subject.source):
        yield Found("nothing stands between these commas", Span(*found.span()), "leave one of them")


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """One comma."""
    yield diagnostic.span, ", "


RULE = Rule(
    "MZ104",
    "loose-separator",
    check,
    since="0.1.0",
    severity=Severity.INFO,
    is_default=False,
    remedy=Remedy(edits=edits, title="leave one comma"),
    bad=("a cat,, a dog", "a cat, , ,red"),
    good=("a cat, a dog", "a cat,"),
)
