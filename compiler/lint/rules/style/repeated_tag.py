"""MZ101 repeated-tag

What it does: finds a tag that was there before, in the same part of the prompt.
Why it is bad: it takes tokens, and hides which words are meant to count; a weight says it better.
Evidence: a repeated tag is encoded again in its own place, so it acts like a small weight that nobody set.
Catalogue: PT405
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.registry import Edit, Found, Remedy, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.compiler.lint.tags import tags
from mezzotint.grammar.diagnostics import Diagnostic, Severity
from mezzotint.grammar.span import Span


def check(subject: Subject) -> Iterator[Found]:
    """Yield one finding for each repetition."""
    if "," not in subject.source:
        return  # prose, or one tag
    for part in tags(subject.tree):
        seen: set[str] = set()
        for tag in part:
            if tag.name in seen:
                yield Found(f'"{tag.shown}" is there already', tag.span, "remove it, or weigh the first one")
            seen.add(tag.name)


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """Remove the tag and the comma before it."""
    start = subject.source.rfind(",", 0, diagnostic.span.start)
    if start >= 0 and not subject.source[start + 1 : diagnostic.span.start].strip():
        yield Span(start, diagnostic.span.end), ""


RULE = Rule(
    "MZ101",
    "repeated-tag",
    check,
    since="0.1.0",
    severity=Severity.INFO,
    remedy=Remedy(edits=edits, title="remove the repetition"),
    bad=("1girl, solo, 1girl", "red hair, a cat, Red  hair"),
    good=("1girl, solo", "1girl, red hair BREAK 1girl, blue hair", "a, b, (a:1.2)"),
)
