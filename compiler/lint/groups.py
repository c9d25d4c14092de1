"""Brackets that weigh, with those around them: what a word's weight is in the end."""

from collections.abc import Iterator
from typing import TypeAlias

from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.nodes import Deemphasis, Emphasis, Node, Prompt, Word
from mezzotint.grammar.walk import children

Group: TypeAlias = Emphasis | Deemphasis


def groups(tree: Prompt) -> Iterator[tuple[Group, ...]]:
    """Each bracketed group behind those around it, outer ones first."""
    waiting: list[tuple[Node, tuple[Group, ...]]] = [(tree, ())]
    while waiting:
        node, around = waiting.pop()
        if isinstance(node, Emphasis | Deemphasis):
            around = (*around, node)
            yield around
        waiting += reversed([(child, around) for child in children(node) if not isinstance(child, Word)])


def groups_of(subject: Subject) -> tuple[tuple[Group, ...], ...]:
    """The same of what is under inspection, found once."""
    return subject.remember("groups", lambda: tuple(groups(subject.tree)))


def factor(group: Group) -> float:
    """What a group multiplies by; 1 where its weight is no number."""
    if isinstance(group, Emphasis) and group.weight is not None:
        return 1.0 if group.weight.number is None else group.weight.number
    from mezzotint.compiler.passes.attention import ROUND_WEIGHT, SQUARE_WEIGHT

    return ROUND_WEIGHT if isinstance(group, Emphasis) else SQUARE_WEIGHT


def is_explicit(group: Group) -> bool:
    """Whether the weight is written as a number other than 1."""
    return isinstance(group, Emphasis) and group.weight is not None and factor(group) != 1
