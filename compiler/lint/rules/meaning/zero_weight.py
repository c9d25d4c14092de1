"""MZ215 zero-weight

What it does: finds a weight of zero.
Why it is bad: it does not remove the words: their tokens keep their places and change the others.
Evidence: AUTOMATIC1111#4263 and ComfyUI#4550 ask why the picture changes with words at weight 0.
Catalogue: PW109
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.context import A1111_LANGUAGE
from mezzotint.compiler.lint.registry import Edit, Found, Remedy, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.nodes import Emphasis
from mezzotint.grammar.span import Span


def check(subject: Subject, node: Emphasis) -> Iterator[Found]:
    """Yield a finding if the weight is 0."""
    if node.weight and node.weight.number == 0:
        yield Found(
            "a weight of 0 does not remove the words: they still change the picture",
            node.span,
            "delete them, or write them behind #",
        )


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """Delete the words, with the comma behind or before them."""
    source, span = subject.source, diagnostic.span
    before = len(source[: span.start].rstrip())
    if source.startswith(",", span.end):
        yield Span(span.start, span.end + 1 + source.startswith(" ", span.end + 1)), ""
    elif source[before - 1 : before] == ",":
        yield Span(before - 1, span.end), ""
    else:
        yield span, ""


RULE = Rule(
    "MZ215",
    "zero-weight",
    check,
    since="0.1.0",
    dialects=A1111_LANGUAGE,
    nodes=("Emphasis",),
    is_default=False,
    is_preview=True,
    remedy=Remedy(edits=edits, title="delete the words"),
    bad=("a cat, (dog:0)", "(red:0.0) cat"),
    good=("a cat, (dog:0.1)", "# dog\na cat"),
)
