"""MZ105 stacked-brackets

What it does: finds brackets stacked for a weight that a number says better.
Why it is bad: nobody sees what ``(((cat)))`` or ``((cat:1.2))`` weighs.
Evidence: three pairs are 1.1 to the third power, 1.3310000000000004 in floating point; a number behind the
    innermost is multiplied by the pairs around it.
Catalogue: PW108, PW114
"""

from collections.abc import Iterator
from itertools import takewhile
from math import prod

from mezzotint.compiler.lint.context import UNWEIGHED, WITH_WEIGHTS
from mezzotint.compiler.lint.groups import Group, factor, groups_of
from mezzotint.compiler.lint.registry import Edit, Found, Remedy, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Diagnostic, Severity
from mezzotint.grammar.nodes import Emphasis


def _stacks(subject: Subject) -> Iterator[tuple[Group, ...]]:
    """Pairs of round brackets that hold nothing but the next pair, and the innermost one, each stack once."""
    for around in groups_of(subject):
        *outer, inner = around
        if len(inner.children) == 1 and isinstance(inner.children[0], Emphasis):
            continue
        stack = list(takewhile(_is_pair, reversed(outer)))[::-1]
        if stack and isinstance(inner, Emphasis) and inner.children:
            yield (*stack, inner)


def _is_pair(group: Group) -> bool:
    return (
        isinstance(group, Emphasis) and len(group.children) == 1 and isinstance(group.children[0], Emphasis)
    )


def check(subject: Subject) -> Iterator[Found]:
    """Yield one finding for each stack."""
    for stack in _stacks(subject):
        weight = prod(factor(group) for group in reversed(stack))
        yield Found(f"these brackets weigh {weight:.4g}", stack[0].span, "write the number")


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """One pair of brackets with the product, in full so that it is the same number."""
    for stack in _stacks(subject):
        if stack[0].span == diagnostic.span:
            inside = stack[-1].children
            body = subject.source[inside[0].span.start : inside[-1].span.end]
            yield stack[0].span, f"({body}:{prod(factor(group) for group in reversed(stack))!r})"


RULE = Rule(
    "MZ105",
    "stacked-brackets",
    check,
    since="0.1.0",
    dialects=WITH_WEIGHTS,
    families=UNWEIGHED,
    severity=Severity.INFO,
    is_default=False,
    remedy=Remedy(edits=edits, title="write the number", is_safe=True),
    bad=("a ((cat))", "((cat:1.2)) dog"),
    good=("a (cat)", "((red) cat)", "(cat:1.21)"),
)
