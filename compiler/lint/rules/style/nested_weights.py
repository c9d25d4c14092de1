"""MZ103 nested-weights

What it does: finds numbers in brackets inside each other whose product is large.
Why it is bad: weights multiply, so the inner words weigh far more than any of the numbers says.
Evidence: in stable-diffusion-webui v1.10.1 ``(((a:1.5) b:1.5) c:1.5)`` gives "a" a weight of 3.375; in
    ComfyUI the innermost number counts alone, so the same text means something else there (ComfyUI#4610).
Catalogue: PW107
"""

from collections.abc import Iterator
from math import prod

from mezzotint.compiler.lint.context import A1111_LANGUAGE, UNWEIGHED
from mezzotint.compiler.lint.groups import factor, groups_of, is_explicit
from mezzotint.compiler.lint.registry import Found, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.compiler.lint.weight_limits import limits

NESTED = 2


def check(subject: Subject) -> Iterator[Found]:
    """Yield one finding for each group that becomes too heavy by the numbers around it."""
    usual, _ = limits(subject)
    for around in groups_of(subject):
        weight = prod(factor(group) for group in around)
        if (
            is_explicit(around[-1])
            and sum(map(is_explicit, around)) >= NESTED
            and weight > usual
            and factor(around[-1]) <= usual
        ):
            yield Found(
                f"weights multiply: these words weigh {weight:.4g}",
                around[-1].span,
                "write one weight for the words that need it",
            )


RULE = Rule(
    "MZ103",
    "nested-weights",
    check,
    since="0.1.0",
    dialects=A1111_LANGUAGE,
    families=UNWEIGHED,
    bad=("(((a:1.5) b:1.5) c:1.2)", "((red:1.4) circle:1.4)"),
    good=("((red:1.2) circle:1.1)", "(red:1.4) (circle:1.4)"),
)
