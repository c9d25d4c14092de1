"""MZ218 contradiction

What it does: finds a tag that is in the prompt and in the negative prompt.
Why it is bad: guidance moves towards it and away from it at once, so at best it does nothing.
Evidence: classifier-free guidance draws the difference of both; what is equal in them cancels in part.
Catalogue: PT406
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.registry import Edit, Found, Remedy, Rule
from mezzotint.compiler.lint.setting import SETTINGS, template_line
from mezzotint.compiler.lint.subject import DocumentSubject
from mezzotint.compiler.lint.tags import tags
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.lexer import NEGATIVE
from mezzotint.grammar.parser import parse
from mezzotint.grammar.span import Span


def check(subject: DocumentSubject) -> Iterator[Found]:
    """Yield one finding for each tag of the negative prompt that is in the prompt as well."""
    document = subject.document
    if not document.prompt or not document.negative_prompt or template_line(subject):
        return
    wanted = {tag.name for part in tags(parse(document.prompt)) for tag in part}
    for part in tags(parse(document.negative_prompt, NEGATIVE)):
        for tag in part:
            if tag.name in wanted:
                yield Found(
                    f'"{tag.shown}" is in the prompt and in the negative prompt',
                    document.span(tag.span, negative=True),
                    "remove it from one of them",
                )


def edits(subject: DocumentSubject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """Remove it from the negative prompt, with the comma before or behind it."""
    source, span = subject.source, diagnostic.span
    before = len(source[: span.start].rstrip())
    if source[before - 1 : before] == ",":
        yield Span(before - 1, span.end), ""
    elif source[span.end : span.end + 1] == ",":
        yield Span(span.start, span.end + 1 + source.startswith(" ", span.end + 1)), ""


RULE = Rule(
    "MZ218",
    "contradiction",
    check,
    since="0.1.0",
    is_document=True,
    remedy=Remedy(edits=edits, title="remove it from the negative prompt"),
    bad=(f"a cat, blurry\nNegative prompt: ugly, Blurry\n{SETTINGS}",),
    good=(f"a cat\nNegative prompt: ugly, blurry\n{SETTINGS}", f"a cat\n{SETTINGS}"),
)
