"""MZ308 dash-flag

What it does: finds a Midjourney flag that begins with a long dash for two hyphens.
Why it is bad: phones and word processors make a dash of ``--``; Midjourney takes the em dash for a flag,
    other readers of such prompts do not, and the en dash is nobody's.
Evidence: Midjourney's documentation names the em dash alone; both stand in prompts that people share.
Catalogue: PU503
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.registry import Edit, Found, Remedy, Rule
from mezzotint.compiler.lint.subject import DocumentSubject
from mezzotint.grammar.diagnostics import Diagnostic, Severity
from mezzotint.grammar.span import Span

_EM, _EN = "—", "–"


def check(subject: DocumentSubject) -> Iterator[Found]:
    """Yield one finding for each flag with such a dash."""
    for flag in subject.document.flags:
        dash = subject.text(flag.span)[:1]
        if dash in (_EM, _EN):
            severity = Severity.INFO if dash == _EM else None
            span = Span(flag.span.start, flag.span.start + 1)
            yield Found(_MESSAGES[dash], span, "write two hyphens", severity)


_MESSAGES = {
    _EM: "a long dash begins this flag: Midjourney reads it as two hyphens, other programs do not",
    _EN: "a dash begins this flag: Midjourney promises to read two hyphens and the long dash only",
}


def edits(subject: DocumentSubject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """Two hyphens for the dash, and for a hyphen behind it."""
    end = diagnostic.span.end
    yield Span(diagnostic.span.start, end + subject.source.startswith("-", end)), "--"


RULE = Rule(
    "MZ308",
    "dash-flag",
    check,
    since="0.1.0",
    is_document=True,
    remedy=Remedy(edits=edits, title="write two hyphens"),
    bad=("a cat —ar 16:9", "a cat –no dog"),
    good=("a cat --ar 16:9", "train — a study"),
)
