"""Classifier-free guidance over composed prompts, following a prompt's schedule as it goes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from mezzotint.compiler.conditioning.types import Conditioning, EncodedEntry
from mezzotint.runtime.denoiser import Context, Evaluate


@dataclass(frozen=True, slots=True)
class GuidanceSettings:
    """When and how strongly the prompts pull.

    Attributes:
        scale: guidance scale ("CFG scale"); at 1 the negative prompt is still evaluated.
        total: evaluations that ``skip_early`` is a share of.
        skip_early: share of the evaluations that begin without the negative prompt ("Skip Early CFG").
        ngms: noise level below which the negative prompt is left out of every other evaluation.
        ngms_all_steps: out of every one.
        pad_negative: cut or extend the negative prompt to the positive's length ("Pad conds v0").
    """

    scale: float
    total: int
    skip_early: float = 0.0
    ngms: float = 0.0
    ngms_all_steps: bool = False
    pad_negative: bool = False

    def skips_negative(self, evaluation: int, level: float) -> bool:
        """Whether this evaluation (0-based) does without the negative prompt."""
        if self.skip_early and evaluation / self.total <= self.skip_early:
            return True
        return level < self.ngms and (self.ngms_all_steps or evaluation % 2 == 1)


def combine(negative: Tensor, positives: Sequence[Tensor], weights: Sequence[float], scale: float) -> Tensor:
    """Add every branch's pull away from the negative, weighted but not normalised.

    Args:
        negative: ``(n, c, h, w)``.
        positives: the same shape, one for each branch.
        weights: one for each branch; any sign.
        scale: guidance scale.

    Source: J. Ho and T. Salimans, "Classifier-free diffusion guidance" (2022), equation 6; N. Liu et al.,
    "Compositional visual generation" (2022), equation 11; summed in order, as stable-diffusion-webui does.
    """
    result = negative.clone()
    for positive, weight in zip(positives, weights, strict=True):
        result += (positive - negative) * (weight * scale)
    return result


class Guidance:
    """One picture's guided model: counts its evaluations, which is what prompt schedules go by.

    Args:
        evaluate: the unguided model, see :mod:`mezzotint.runtime.denoiser`.
        conditioning: the encoded prompts.
        settings: see :class:`GuidanceSettings`.
    """

    def __init__(self, evaluate: Evaluate, conditioning: Conditioning, settings: GuidanceSettings) -> None:
        self._evaluate, self._conditioning, self._settings = evaluate, conditioning, settings
        self.evaluations = 0

    def __call__(self, x: Tensor, level: Tensor) -> Tensor:
        """Guided output at a 0-d noise level, ``(n, c, h, w)`` like ``x``."""
        return self.both(x, level)[0]

    def both(self, x: Tensor, level: Tensor) -> tuple[Tensor, Tensor]:
        """Guided output and the negative's alone."""
        counter, self.evaluations = self.evaluations, self.evaluations + 1
        branches = self._conditioning.positive
        positives = [branch.at(counter) for branch in branches]
        weights = [branch.weight for branch in branches]
        if self._settings.skips_negative(counter, float(level)):
            outputs = self._rows(x, level, positives)
            return combine(outputs[0], outputs, weights, 1.0), outputs[0]
        outputs, negative = self._with_negative(x, level, positives, self._conditioning.negative.at(counter))
        return combine(negative, outputs, weights, self._settings.scale), negative

    def _with_negative(
        self, x: Tensor, level: Tensor, positives: list[EncodedEntry], negative: EncodedEntry
    ) -> tuple[list[Tensor], Tensor]:
        """All outputs: in one batch where the token counts agree, else in two, as the reference does."""
        longest = max(len(entry.hidden_states) for entry in positives)
        if self._settings.pad_negative:
            padded = _extend(negative.hidden_states[:longest], longest)
            negative = replace(negative, hidden_states=padded)
        if longest == len(negative.hidden_states):
            *outputs, last = self._rows(x, level, [*positives, negative])
            return outputs, last
        return self._rows(x, level, positives), self._rows(x, level, [negative])[0]

    def _rows(self, x: Tensor, level: Tensor, entries: list[EncodedEntry]) -> list[Tensor]:
        """Evaluate every entry on ``x`` in one batch."""
        context = _stack(entries, len(x), x)
        output = self._evaluate(x.repeat(len(entries), 1, 1, 1), level, context)
        return list(output.chunk(len(entries)))


def _stack(entries: list[EncodedEntry], images: int, like: Tensor) -> Context:
    """One row for each entry and image; short entries are extended by their last token's vector."""
    longest = max(len(entry.hidden_states) for entry in entries)
    states = torch.stack([_extend(entry.hidden_states, longest) for entry in entries]).to(like)
    pooled = [entry.pooled for entry in entries if entry.pooled is not None]
    return Context(
        states.repeat_interleave(images, dim=0),
        torch.stack(pooled).to(like).repeat_interleave(images, dim=0) if pooled else None,
    )


def _extend(states: Tensor, tokens: int) -> Tensor:
    """Repeat the last token's vector until there are ``tokens``."""
    missing = tokens - len(states)
    return states if missing == 0 else torch.cat([states, states[-1:].repeat(missing, 1)])
