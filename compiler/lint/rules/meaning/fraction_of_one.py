"""MZ209 fraction-of-one

What it does: finds ``[before:after:1.0]``.
Why it is bad: a number with a point is a part of the steps, and 1.0 is all of them, so it never switches;
    without the point it is step 1.
Evidence: since version 1.6 of the reference the point decides; before, 1.0 was step 1, and old prompts still
    say so. Larger fractions act in the second pass of "hires fix" only.
Catalogue: PE202
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.clock import is_for_second_pass
from mezzotint.compiler.lint.context import A1111_LANGUAGE, Context
from mezzotint.compiler.lint.registry import Edit, Example, Found, Remedy, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.nodes import Scheduled
from mezzotint.grammar.span import Span


def check(subject: Subject, node: Scheduled) -> Iterator[Found]:
    """Yield a finding if the fraction is 1 or more, and no second pass can be meant."""
    if node.before and "." in node.digits and node.number >= 1:
        if is_for_second_pass(node, subject.context):
            return
        yield Found(
            f"{node.digits} is the end of the steps, so this never switches",
            node.span,
            "write 1 for the first step, or a fraction below 1",
        )


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """A step for the fraction, where it is a whole number."""
    text = subject.text(diagnostic.span)
    start = text.rindex(":") + 1
    number = text[start:-1].strip()
    if number.rstrip("0").endswith("."):
        span = Span(start, len(text) - 1).shift(diagnostic.span.start)
        yield span, number.partition(".")[0]


RULE = Rule(
    "MZ209",
    "fraction-of-one",
    check,
    since="0.1.0",
    dialects=A1111_LANGUAGE,
    nodes=("Scheduled",),
    remedy=Remedy(edits=edits, title="write it as a step"),
    bad=("[cat:dog:1.0]", Example("[cat:dog:1.5]", Context(steps=20, hires_steps=0))),
    good=("[cat:dog:1]", "[cat:dog:0.9]", "[cat:dog:1.5]"),
)
