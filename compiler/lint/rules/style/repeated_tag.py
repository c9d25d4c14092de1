"""MZ101 repeated-tag

What it does: finds tags that were there before, in the same part of the prompt.
Why it is bad: they take tokens, and hide which words are meant to count; a weight says it better.
Evidence: a repeated tag is encoded again in its own place, so it acts like a small weight that nobody set.
    Models that read sentences take a repetition for what it is.
Catalogue: PT405
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.context import LLM_FAMILIES, T5_FAMILIES
from mezzotint.compiler.lint.registry import Edit, Found, Remedy, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.compiler.lint.tags import Tag, tags
from mezzotint.grammar.diagnostics import Diagnostic, Severity
from mezzotint.grammar.span import Span

_NAMED = 3
_SIGNS = frozenset("{}$")  # of templates, which are something else each time


def _repeated(subject: Subject) -> Iterator[Tag]:
    """The tags that stand behind others of the same name."""
    for part in tags(subject.tree):
        seen: set[str] = set()
        for tag in part:
            if tag.name in seen and not set(tag.name) & _SIGNS:
                yield tag
            seen.add(tag.name)


def check(subject: Subject) -> Iterator[Found]:
    """Yield one finding for all of them, at the first repetition."""
    if "," not in subject.source or not (found := list(_repeated(subject))):
        return  # prose, or one tag
    names = list(dict.fromkeys(f'"{tag.shown}"' for tag in found))
    named = ", ".join(names[:_NAMED])
    if len(names) > _NAMED:
        named = f"{named} and {len(names) - _NAMED} more"
    what = "is there already" if len(names) == 1 else "are there already"
    help_ = "remove the repetition" if len(found) == 1 else f"remove the {len(found)} repetitions"
    yield Found(f"{named} {what}", found[0].span, f"{help_}, or weigh the first one")


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """Remove each repetition and the comma before it."""
    for tag in _repeated(subject):
        start = subject.source.rfind(",", 0, tag.span.start)
        if start >= 0 and not subject.source[start + 1 : tag.span.start].strip():
            yield Span(start, tag.span.end), ""


RULE = Rule(
    "MZ101",
    "repeated-tag",
    check,
    since="0.1.0",
    severity=Severity.INFO,
    families=dict.fromkeys((*T5_FAMILIES, *LLM_FAMILIES)),
    remedy=Remedy(edits=edits, title="remove the repetitions"),
    bad=("1girl, solo, 1girl", "red hair, a cat, Red  hair", "a, b, c, d, a, b, c, d, a"),
    good=(
        "1girl, solo",
        "a {colour} cat, {hat}, a dog, {hat}",
        "1girl, red hair BREAK 1girl, blue hair",
        "a, b, (a:1.2)",
    ),
)
