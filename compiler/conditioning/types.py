"""What text encoding hands to the sampler."""

from dataclasses import dataclass

from torch import Tensor

from mezzotint.compiler.ir import in_force


@dataclass(frozen=True, slots=True)
class EncodedEntry:
    """One timeline entry, encoded.

    Attributes:
        end_step: as in :class:`mezzotint.compiler.ir.Entry`.
        hidden_states: ``(tokens, channels)`` float tensor, ``tokens`` a multiple of 77 for CLIP.
        pooled: ``(channels,)`` for the families that use one, else ``None``.
        attention_mask: ``(tokens,)`` int64, 0 for padding, for the families whose image model asks for it.
    """

    end_step: int
    hidden_states: Tensor
    pooled: Tensor | None = None
    attention_mask: Tensor | None = None


@dataclass(frozen=True, slots=True)
class EncodedBranch:
    """One composed prompt: its guidance weight and its timeline."""

    weight: float
    timeline: tuple[EncodedEntry, ...]

    def at(self, step: int) -> EncodedEntry:
        """The entry in force at an evaluation, see :func:`mezzotint.compiler.ir.in_force`."""
        return in_force(self.timeline, step)


@dataclass(frozen=True, slots=True)
class Conditioning:
    """A program as tensors: the positive branches and the one negative."""

    positive: tuple[EncodedBranch, ...]
    negative: EncodedBranch
