"""MZ216 negative-weight

What it does: finds a weight below zero.
Why it is bad: it is no negative prompt: the vectors change their sign, and restoring the mean can flip it
    back.
Evidence: AUTOMATIC1111#13791; the extension NegPiP gives negative weights the meaning that people expect.
Catalogue: PW110
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.context import A1111_LANGUAGE
from mezzotint.compiler.lint.registry import Found, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.nodes import Emphasis


def check(subject: Subject, node: Emphasis) -> Iterator[Found]:
    """Yield a finding if the weight is below 0."""
    if node.weight and (node.weight.number or 0) < 0:
        yield Found(
            "a weight below 0 does not mean the opposite",
            node.weight.span,
            "move the words to the negative prompt",
        )


RULE = Rule(
    "MZ216",
    "negative-weight",
    check,
    since="0.1.0",
    dialects=A1111_LANGUAGE,
    nodes=("Emphasis",),
    is_default=False,
    is_preview=True,
    bad=("a cat, (dog:-1)", "(red:-.5) cat"),
    good=("a cat, (dog:0.5)", "cat :1 AND dog :-0.5"),
)
