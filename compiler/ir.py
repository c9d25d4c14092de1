"""The prompt program: what the sampler will be told at each step, whatever language said it."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from mezzotint.grammar.span import Span


class Emphasis(StrEnum):
    """How token weights act on the encoder's output; the values are the infotext's words."""

    ORIGINAL = "Original"  # multiply, then restore the mean
    NO_NORM = "No norm"  # multiply only
    IGNORE = "Ignore"  # read the weights, apply none
    NONE = "None"  # brackets, backslashes and BREAK are plain text


@dataclass(frozen=True, slots=True)
class Segment:
    """Text encoded at one weight; 1.0 is neutral, zero and negative weights are allowed."""

    text: str
    weight: float
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Break:
    """Closes the current 75-token chunk."""

    span: Span | None = field(default=None, compare=False)


Piece: TypeAlias = Segment | Break


@dataclass(frozen=True, slots=True)
class Entry:
    """The text in force while the 0-based evaluation counter is ``<= end_step``."""

    end_step: int
    text: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """One prompt of a composition, and its weight in the guidance sum."""

    weight: float
    timeline: tuple[Entry, ...]

    def at(self, step: int) -> Entry:
        """The entry in force at an evaluation; the first when the counter has run past the last."""
        return next((e for e in self.timeline if step <= e.end_step), self.timeline[0])


@dataclass(frozen=True, slots=True)
class Network:
    """``<kind:positional…:key=value…>``: a network to load beside the model."""

    kind: str
    positional: tuple[str, ...]
    named: tuple[tuple[str, str], ...] = ()
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled prompt pair.

    Attributes:
        positive: the branches that ``AND`` composes; at least one.
        negative: what guidance moves away from; never composed.
        networks: extra networks of the positive prompt, in order of appearance.
        steps: evaluations that the timelines were laid out for.
        emphasis: the interpretation of weights.
    """

    positive: tuple[Branch, ...]
    negative: Branch
    networks: tuple[Network, ...]
    steps: int
    emphasis: Emphasis = Emphasis.ORIGINAL
