"""MZ210 switch-at-zero

What it does: finds a switch before the first step.
Why it is bad: the text before it is never drawn.
Evidence: in stable-diffusion-webui v1.10.1 ``[cat:dog:0]``, ``[cat:dog:-1]`` and ``[cat:dog:5e-1]`` are a dog
    from the beginning; the last one has no point, so it is step 0, not a half.
Catalogue: PE203
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.clock import last_step
from mezzotint.compiler.lint.context import A1111_LANGUAGE
from mezzotint.compiler.lint.registry import Edit, Found, Remedy, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.nodes import Scheduled


def check(subject: Subject, node: Scheduled) -> Iterator[Found]:
    """Yield a finding if what stands before the switch is never in force."""
    steps = subject.context.steps
    if not node.before or abs(node.number) > 1e9:
        return
    is_fraction = "." in node.digits and node.number > 0
    if is_fraction and steps is None:
        return
    if last_step(node, steps or 1) < 1:
        yield Found(
            f"the switch at {node.digits} comes before the first step: the text before it is never drawn",
            node.span,
            "write a step from 1 on or a fraction such as 0.5, or remove the text",
        )


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """Leave what is drawn."""
    for node in subject.nodes.get("Scheduled", ()):
        if isinstance(node, Scheduled) and node.span == diagnostic.span:
            after = node.after
            yield node.span, subject.source[after[0].span.start : after[-1].span.end] if after else ""


RULE = Rule(
    "MZ210",
    "switch-at-zero",
    check,
    since="0.1.0",
    dialects=A1111_LANGUAGE,
    nodes=("Scheduled",),
    remedy=Remedy(edits=edits, title="leave the text that is drawn", is_safe=True),
    bad=("[cat:dog:0]", "[cat:dog:-1]", "[cat:dog:5e-1]"),
    good=("[cat:dog:1]", "[cat:dog:0.5]", "[cat:0]"),
)
