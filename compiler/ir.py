"""The prompt program: what the sampler will be told at each step, whatever language said it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, TypeAlias, TypeVar

from mezzotint.grammar.span import Span


class Emphasis(StrEnum):
    """How token weights act on the encoder's output; the values are the infotext's words."""

    ORIGINAL = "Original"  # multiply, then restore the mean
    NO_NORM = "No norm"  # multiply only
    IGNORE = "Ignore"  # read the weights, apply none
    NONE = "None"  # brackets, backslashes and BREAK are plain text


@dataclass(frozen=True, slots=True)
class A1111Weights:
    """Weights as A1111 reads and applies them.

    Attributes:
        emphasis: how they act.
        old: read by its first implementation, which has brackets but neither numbers nor ``BREAK``.
    """

    emphasis: Emphasis = Emphasis.ORIGINAL
    old: bool = False


Interpretation: TypeAlias = A1111Weights
"""What a weight means. Another tool's reading is another record beside A1111's, with a name in
:data:`mezzotint.compiler.ir_json.INTERPRETATIONS`."""


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


class Timed(Protocol):
    """Anything that is in force up to a step."""

    @property
    def end_step(self) -> int:
        """The last evaluation, on the 0-based counter."""
        ...


T = TypeVar("T", bound=Timed)


def in_force(timeline: Sequence[T], step: int) -> T:
    """The first entry that reaches an evaluation (0-based); the first of all when none reaches that far.

    Source: stable-diffusion-webui v1.10.1, ``modules/prompt_parser.py``: a switch after step 3 acts from
    the fifth evaluation on.
    """
    return next((entry for entry in timeline if step <= entry.end_step), timeline[0])


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
        """The entry in force at an evaluation, see :func:`in_force`."""
        return in_force(self.timeline, step)


@dataclass(frozen=True, slots=True)
class Network:
    """``<kind:positional…:key=value…>``: a network to load beside the model."""

    kind: str
    positional: tuple[str, ...]
    named: tuple[tuple[str, str], ...] = ()
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Embedding:
    """A word that stands for trained vectors (textual inversion); ``span`` is that of its segment."""

    name: str
    vectors: int
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled prompt pair.

    Attributes:
        positive: the branches that ``AND`` composes; at least one.
        negative: what guidance moves away from; never composed.
        networks: extra networks of the positive prompt, in order of appearance.
        steps: evaluations that the timelines were laid out for.
        interpretation: what weights mean.
        embeddings: those used, each once, of the names that were known to the compiler.
        hires: the second pass of "hires fix", which has texts, timelines and networks of its own.
    """

    positive: tuple[Branch, ...]
    negative: Branch
    networks: tuple[Network, ...]
    steps: int
    interpretation: Interpretation = A1111Weights()
    embeddings: tuple[Embedding, ...] = ()
    hires: "Program | None" = None
