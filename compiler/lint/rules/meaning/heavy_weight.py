"""MZ207 heavy-weight

What it does: finds a weight above what models bear without a trace.
Why it is bad: the words push others out and bring artefacts; restoring the mean, which the reference does,
    makes all other words weaker at the same time.
Evidence: AUTOMATIC1111#14874 adds an option against the artefacts, which SDXL shows sooner than SD 1;
    compel#35 reports them for values as low as 1.5. In negative prompts weights up to 2 are common and bear
    more. From 2 on (1.8 for SDXL, 2.5 in a negative prompt) this is a warning.
Catalogue: PW106
"""

from collections.abc import Iterator
from math import prod

from mezzotint.compiler.lint.context import UNWEIGHED, WITH_WEIGHTS
from mezzotint.compiler.lint.groups import Group, factor, groups_of, is_explicit
from mezzotint.compiler.lint.registry import Example, Found, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.compiler.lint.weight_limits import limits
from mezzotint.grammar.diagnostics import Severity
from mezzotint.grammar.nodes import Emphasis, Text


def check(subject: Subject) -> Iterator[Found]:
    """Yield one finding for each group that brings the weight above the limit."""
    usual, most = limits(subject)
    for around in groups_of(subject):
        group = around[-1]
        weight, outer = prod(map(factor, around)), prod(map(factor, around[:-1]))
        if weight <= usual or outer > usual or _is_ratio(group) or _is_blank(group):
            continue
        if sum(map(is_explicit, around)) < 2 or factor(group) > usual:
            total = " in all" if len(around) > 1 else ""
            span = group.weight.span if isinstance(group, Emphasis) and group.weight else group.span
            yield Found(
                f"a weight of {weight:.4g}{total}: above {usual:g} words push out others and bring artefacts",
                span,
                f"stay at {usual:g} or below",
                None if weight >= most else Severity.INFO,
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
    good=(
        "(face:1.5)",
        "((masterpiece))",
        "(cat:0.5)",
        "[cat:dog:2]",
        Example("(blurry:2)", negative=True),
        "(worst quality:2), blurry",
    ),
)
