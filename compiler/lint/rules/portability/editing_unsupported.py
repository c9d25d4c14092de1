"""MZ304 editing-unsupported

What it does: finds prompt editing in a prompt for a program that has none.
Why it is bad: brackets, bars and numbers are drawn, and so are both texts, at all steps.
Evidence: ComfyUI's core, compel, InvokeAI, diffusers, NovelAI and Midjourney have no schedules
    (diffusers#9470).
Catalogue: PE214
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.context import A1111_LANGUAGE, Context
from mezzotint.compiler.lint.counting import among
from mezzotint.compiler.lint.programs import program
from mezzotint.compiler.lint.registry import Example, Found, Rule
from mezzotint.compiler.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Yield one finding, at the first schedule or alternation."""
    found = [*subject.nodes.get("Scheduled", ()), *subject.nodes.get("Alternation", ())]
    if found and subject.context.dialect not in A1111_LANGUAGE:
        who = program(subject.context.dialect)
        yield Found(
            f"{who} has no prompt editing: all of this is drawn as text{among(found)}",
            min(node.span for node in found),
            "write the text that should be there at the end",
        )


RULE = Rule(
    "MZ304",
    "editing-unsupported",
    check,
    since="0.1.0",
    bad=(
        Example("a [cat:dog:0.5]", Context(dialect="comfy")),
        Example("a [cat|dog]", Context(dialect="diffusers")),
    ),
    good=("a [cat:dog:0.5]", Example("a [cat]", Context(dialect="comfy"))),
)
