"""MZ304 editing-unsupported

What it does: finds prompt editing in a prompt for a program that has none.
Why it is bad: brackets, bars and numbers are drawn, and so are both texts, at all steps.
Evidence: ComfyUI's core, compel, InvokeAI, diffusers, NovelAI and Midjourney have no schedules
    (diffusers#9470).
Catalogue: PE214
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.context import Context
from mezzotint.compiler.lint.programs import program
from mezzotint.compiler.lint.registry import Example, Found, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.nodes import Alternation, Scheduled

_WITH_EDITING = ("a1111", "forge", "sdnext")


def check(subject: Subject, node: Scheduled | Alternation) -> Iterator[Found]:
    """Yield a finding for each schedule and alternation."""
    if subject.context.dialect not in _WITH_EDITING:
        yield Found(
            f"{program(subject.context.dialect)} has no prompt editing: all of this is drawn as text",
            node.span,
            "write the text that should be there at the end",
        )


RULE = Rule(
    "MZ304",
    "editing-unsupported",
    check,
    since="0.1.0",
    nodes=("Scheduled", "Alternation"),
    bad=(
        Example("a [cat:dog:0.5]", Context(dialect="comfy")),
        Example("a [cat|dog]", Context(dialect="diffusers")),
    ),
    good=("a [cat:dog:0.5]", Example("a [cat]", Context(dialect="comfy"))),
)
