"""MZ212 unused-option

What it does: finds an alternation with more options than there are steps, where the steps are known.
Why it is bad: the last options are never drawn.
Evidence: ``[a|b|c]`` takes one option a step; in stable-diffusion-webui v1.10.1 the first one stays for two
    evaluations, so one step more is needed than there are options.
Catalogue: PE206
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.context import A1111_LANGUAGE, Context
from mezzotint.compiler.lint.registry import Example, Found, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.nodes import Alternation


def check(subject: Subject, node: Alternation) -> Iterator[Found]:
    """Yield a finding if the steps do not suffice for all options."""
    steps = subject.context.steps
    if steps is None or len(node.options) <= max(1, steps - 1):
        return
    yield Found(
        f"{len(node.options)} options need {len(node.options) + 1} steps, and there are {steps}",
        node.span,
        "remove options, or make more steps",
    )


RULE = Rule(
    "MZ212",
    "unused-option",
    check,
    since="0.1.0",
    dialects=A1111_LANGUAGE,
    nodes=("Alternation",),
    bad=(Example("[a|b|c]", Context(steps=3)), Example("[a|b|c|d|e]", Context(steps=4))),
    good=(Example("[a|b|c]", Context(steps=20)), "[a|b|c]"),
)
