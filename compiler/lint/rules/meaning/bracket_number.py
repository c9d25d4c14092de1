"""MZ203 bracket-number

What it does: finds ``[text:1.3]``, which looks like a weight in square brackets.
Why it is bad: it is prompt editing: the text appears after that part of the steps; with a number
    written 1.0 or above it never appears in the first pass.
Evidence: in stable-diffusion-webui v1.10.1 ``[cat:1.3]`` at 20 steps gives the text "" for all of them, and
    "cat" from 30 % of the second pass on.
Catalogue: PW111
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.context import A1111_LANGUAGE
from mezzotint.compiler.lint.registry import Edit, Found, Remedy, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Diagnostic, Severity
from mezzotint.grammar.nodes import Scheduled

LARGEST_WEIGHT = 3.0


def check(subject: Subject, node: Scheduled) -> Iterator[Found]:
    """Yield a finding for an appearing text whose number has a point and is from 1 to 3."""
    if node.before is not None or "." not in node.digits or not 1 <= node.number < LARGEST_WEIGHT:
        return
    if subject.context.hires_steps and node.number > 1:
        return  # a second pass is there, and [text:1.5] begins half-way through it
    weaken = f"write (text:{1 / node.number:.2g}) to weaken it, " if node.number > 1 else "write "
    yield Found(
        f"not a weight: the text appears after {node.number:.0%} of the steps, so never in the first pass",
        node.span,
        f"{weaken}[text:0.5] to have it appear half-way",
    )


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """A weight in round brackets, as much below 1 as the number is above."""
    for node in subject.nodes.get("Scheduled", ()):
        if isinstance(node, Scheduled) and node.span == diagnostic.span and node.number > 1:
            body = subject.text(node.span)[1 : -2 - len(node.when)]
            yield node.span, f"({body}:{1 / node.number:.2g})"


RULE = Rule(
    "MZ203",
    "bracket-number",
    check,
    since="0.1.0",
    dialects=A1111_LANGUAGE,
    severity=Severity.ERROR,
    nodes=("Scheduled",),
    remedy=Remedy(edits=edits, title="weigh the text below 1, in round brackets"),
    bad=("[cat:1.3]", "a [red:1.0] circle"),
    good=("[cat:0.3]", "[cat:dog:0.5]", "(cat:1.3)", "[cat:1]"),
)
