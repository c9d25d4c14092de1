"""Syntax tree of a prompt. Nodes are values: equal when they say the same, wherever they stood.

The tree is lossless: :func:`mezzotint.grammar.render.to_source` gives back the text it was read from.
"""

from dataclasses import dataclass, field
from typing import TypeAlias

from mezzotint.grammar.span import Span
from mezzotint.grammar.words import without_trivia


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """What every node knows: the range of source text that it was read from."""

    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Word(Node):
    """A leaf; ``value`` is its text, exactly as written. The kinds below are classes of their own."""

    value: str


class Text(Word):
    """Plain characters; a lone ``:`` or ``|`` that structures nothing is plain."""

    __slots__ = ()


class Escape(Word):
    """A backslash and the character that it makes plain."""

    __slots__ = ()


class Stray(Word):
    """Something that structures the language elsewhere and has no partner here: an error node."""

    __slots__ = ()


class Break(Word):
    """The word ``BREAK``: the next word starts a new chunk."""

    __slots__ = ()


class Comment(Word):
    """``# …`` up to the end of the line."""

    __slots__ = ()


class Network(Word):
    """``<name:args>``; ``value`` is the whole tag."""

    __slots__ = ()

    @property
    def name(self) -> str:
        """What stands before the first colon: ``lora``, ``hypernet``, …"""
        return self.value[1 : self.value.index(":")]

    @property
    def arguments(self) -> tuple[str, ...]:
        """What stands between the colons after the name, untrimmed."""
        return tuple(self.value[self.value.index(":") + 1 : -1].split(":"))


class Weight(Word):
    """``:1.2`` before a closing bracket, with the colon, and space, comments and tags around the number."""

    __slots__ = ()

    @property
    def number(self) -> float | None:
        """The weight, or ``None`` where the digits and points make no number (``1.2.3``)."""
        try:
            return float(without_trivia(self.value[1:]))
        except ValueError:
            return None


class BranchWeight(Word):
    """``:1.2`` at the end of a composed prompt, with the space around."""

    __slots__ = ()

    @property
    def number(self) -> float:
        """The weight in the guidance sum."""
        return float(self.value.strip()[1:])


@dataclass(frozen=True, slots=True)
class Emphasis(Node):
    """``(children)`` or ``(children:weight)``."""

    children: "tuple[Item, ...]"
    weight: Weight | None = None


@dataclass(frozen=True, slots=True)
class Deemphasis(Node):
    """``[children]``: divided by 1.1."""

    children: "tuple[Item, ...]"


@dataclass(frozen=True, slots=True)
class Scheduled(Node):
    """``[before:after:when]``; ``[after:when]`` has ``before`` ``None``, which means nothing at first.

    ``when`` is as written, with space, comments and tags around the number.
    """

    before: "tuple[Item, ...] | None"
    after: "tuple[Item, ...]"
    when: str

    @property
    def digits(self) -> str:
        """The number as written: whether it has a point decides if it is a step or a fraction."""
        return without_trivia(self.when).strip()

    @property
    def number(self) -> float:
        """The switching point."""
        return float(self.digits)


@dataclass(frozen=True, slots=True)
class Alternation(Node):
    """``[a|b|c]``: one option a step, in turn; options may be empty."""

    options: "tuple[tuple[Item, ...], ...]"


@dataclass(frozen=True, slots=True)
class Branch(Node):
    """One of the prompts that ``AND`` composes.

    ``schedulable`` is false when a stray ``|`` or a backslash at a line's end disables every schedule
    and alternation in the branch, which the reference does without a word.
    """

    children: "tuple[Item, ...]"
    weight: BranchWeight | None = None
    tail: "tuple[Item, ...]" = ()  # what stands behind the weight: networks, comments, spaces
    schedulable: bool = True


@dataclass(frozen=True, slots=True)
class Prompt(Node):
    """A whole prompt: its branches, with the word ``AND`` between them."""

    branches: tuple[Branch, ...]


Leaf: TypeAlias = Text | Escape | Stray | Break | Comment | Network
Item: TypeAlias = Leaf | Emphasis | Deemphasis | Scheduled | Alternation
AnyNode: TypeAlias = Item | Weight | BranchWeight | Branch | Prompt
