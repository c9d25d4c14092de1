"""MZ207 heavy-weight

What it does: finds a weight far above what the model's encoder bears.
Why it is bad: the words blot out the others and the picture shows artefacts; restoring the mean, which the
    reference does, makes all other words weaker at the same time.
Evidence: AUTOMATIC1111#14874 adds an option against the artefacts; compel#35 reports them for values as low
    as 1.5. In negative prompts weights up to 2 are common and bear more.
Catalogue: PW106
"""

from collections.abc import Iterator
from math import prod

from mezzotint.compiler.lint.context import CLIP_FAMILIES, UNWEIGHED, WITH_WEIGHTS
from mezzotint.compiler.lint.groups import Group, factor, groups, is_explicit
from mezzotint.compiler.lint.registry import Found, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.nodes import Emphasis, Text

POSITIVE, NEGATIVE, T5 = 1.6, 2.0, 1.3


def limit(subject: Subject) -> float:
    """The largest weight that is taken without a word."""
    if subject.context.model not in CLIP_FAMILIES:
        return T5
    return NEGATIVE if subject.negative else POSITIVE


def check(subject: Subject) -> Iterator[Found]:
    """Yield one finding for each group that brings the weight above the limit."""
    for around in groups(subject.tree):
        group = around[-1]
        weight, outer = prod(map(factor, around)), prod(map(factor, around[:-1]))
        if weight <= limit(subject) or outer > limit(subject) or _is_ratio(group) or _is_blank(group):
            continue
        if sum(map(is_explicit, around)) < 2 or factor(group) > limit(subject):
            span = group.weight.span if isinstance(group, Emphasis) and group.weight else group.span
            yield Found(
                f"a weight of {weight:.4g} is more than the model bears",
                span,
                f"stay below {limit(subject):g}",
            )


def _is_blank(group: Group) -> bool:
    return all(isinstance(child, Text) and not child.value.strip() for child in group.children)


def _is_ratio(group: Group) -> bool:
    """Whether the number is taken for a ratio or a time, which is worse and said elsewhere."""
    if not isinstance(group, Emphasis) or not group.children:
        return False
    last = group.children[-1]
    return factor(group) > 3 and isinstance(last, Text) and last.value[-1:].isdigit()


RULE = Rule(
    "MZ207",
    "heavy-weight",
    check,
    since="0.1.0",
    dialects=WITH_WEIGHTS,
    families=UNWEIGHED,
    bad=("(face:2)", "((((((masterpiece))))))", "a (((red:1.5))) circle"),
    good=("(face:1.5)", "((masterpiece))", "(cat:0.5)", "[cat:dog:2]"),
)
