"""What text encoding hands to the sampler."""

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True, slots=True)
class EncodedEntry:
    """One timeline entry, encoded.

    Attributes:
        end_step: as in :class:`mezzotint.compiler.ir.Entry`.
        hidden_states: ``(tokens, channels)`` float tensor, ``tokens`` a multiple of 77 for CLIP.
        pooled: ``(channels,)`` for the families that use one, else ``None``.
    """

    end_step: int
    hidden_states: Tensor
    pooled: Tensor | None = None


@dataclass(frozen=True, slots=True)
class EncodedBranch:
    """One composed prompt: its guidance weight and its timeline."""

    weight: float
    timeline: tuple[EncodedEntry, ...]

    def at(self, step: int) -> EncodedEntry:
        """The entry in force at an evaluation (0-based); the first when none reaches that far."""
        return next((e for e in self.timeline if step <= e.end_step), self.timeline[0])


@dataclass(frozen=True, slots=True)
class Conditioning:
    """A program as tensors: the positive branches and the one negative."""

    positive: tuple[EncodedBranch, ...]
    negative: EncodedBranch
