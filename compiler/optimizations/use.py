"""How a prompt is used: all that decides, beside its text, what the encoders are given."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

from mezzotint.compiler.ir import Emphasis
from mezzotint.compiler.passes.clock import Clock

_SECOND_ORDER = 2  # evaluations a step


@dataclass(frozen=True, slots=True)
class Use:
    """What is known of the pictures that a prompt makes.

    Attributes:
        negative: whether it is a negative prompt.
        clocks: those of every pass that reads it; none: any number of steps, in either pass.
        emphasis: what weights do.
        family: of the model, a name of :mod:`mezzotint.compiler.lint.context`; unknown is any with CLIP.
        embeddings: names that stand for trained vectors.
        is_executed: whether pictures were made from the text as it stands, so that it is no template.
    """

    negative: bool = False
    clocks: tuple[Clock, ...] = ()
    emphasis: Emphasis = Emphasis.ORIGINAL
    family: str | None = None
    embeddings: tuple[str, ...] = ()
    is_executed: bool = False


def clocks_for(steps: int | None, hires_steps: int | None = None) -> tuple[Clock, ...]:
    """The clocks of so many steps with any sampler: those of the second order take two evaluations a step.

    Args:
        steps: of the first pass; ``None``: unknown, and no clocks.
        hires_steps: of the second pass, if there is one.
    """
    if steps is None:
        return ()
    first = _evaluations(steps)
    second = _evaluations(hires_steps) if hires_steps else ()
    return (*map(Clock, first), *(Clock(base, own) for base, own in product(first, second)))


def _evaluations(steps: int) -> Iterable[int]:
    return steps, steps * _SECOND_ORDER
