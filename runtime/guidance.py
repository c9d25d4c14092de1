"""Classifier-free guidance over composed prompts, following a prompt's schedule as it goes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from operator import is_

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
        rescale: share of the correction of :func:`rescaled`; 0 is off.
        pad: extend the shorter of the prompts by the encoded empty one ("Pad conds").
        pad_negative: cut or extend the negative prompt to the positive's length ("Pad conds v0"); goes
            before ``pad``.
    """

    scale: float
    total: int
    skip_early: float = 0.0
    ngms: float = 0.0
    ngms_all_steps: bool = False
    rescale: float = 0.0
    pad: bool = False
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


def rescaled(guided: Tensor, positive: Tensor, of_input: Tensor, share: float) -> Tensor:
    """Give guided output back the spread of the positive's, which strong guidance widens.

    Args:
        guided: ``(n, c, h, w)``.
        positive: the same without guidance.
        of_input: what part of either is the input, so that the rest is proportional to a velocity, whose
            spread it is that counts.
        share: 0 changes nothing, 1 corrects in full.

    Source: S. Lin et al., "Common diffusion noise schedules and sample steps are flawed" (2023), equations
    15 and 16.
    """
    velocity = guided - of_input
    ratio = _spread(positive - of_input) / _spread(velocity)
    return guided + share * (ratio - 1) * velocity


def _spread(x: Tensor) -> Tensor:
    return x.std(dim=(1, 2, 3), keepdim=True)


class Guidance:
    """One picture's guided model: counts its evaluations, which is what prompt schedules go by.

    All evaluations are of latents of one shape, type and device.

    Args:
        evaluate: the unguided model, see :mod:`mezzotint.runtime.denoiser`.
        conditioning: the encoded prompts.
        settings: see :class:`GuidanceSettings`.
        empty: ``(tokens, channels)`` of the encoded empty prompt, if ``settings.pad`` is set.
        input_share: factor of the input in the model's output at a noise level, if ``settings.rescale`` is.
    """

    def __init__(
        self,
        evaluate: Evaluate,
        conditioning: Conditioning,
        settings: GuidanceSettings,
        *,
        empty: Tensor | None = None,
        input_share: Callable[[Tensor], Tensor] | None = None,
    ) -> None:
        self._evaluate, self._conditioning, self._settings = evaluate, conditioning, settings
        self._empty, self._input_share = empty, input_share
        self._stacked: list[tuple[list[EncodedEntry], Context]] = []
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
        guided = combine(negative, outputs, weights, self._settings.scale)
        if self._settings.rescale and self._input_share is not None:
            plain = combine(negative, outputs, weights, 1.0)
            guided = rescaled(guided, plain, x * self._input_share(level), self._settings.rescale)
        return guided, negative

    def _with_negative(
        self, x: Tensor, level: Tensor, positives: list[EncodedEntry], negative: EncodedEntry
    ) -> tuple[list[Tensor], Tensor]:
        """All outputs: in one batch where the token counts agree, else in two, as the reference does."""
        longest = max(len(entry.hidden_states) for entry in positives)
        if self._settings.pad_negative:
            padded = _extend(negative.hidden_states[:longest], longest)
            negative = replace(negative, hidden_states=padded)
        elif self._settings.pad and self._empty is not None:
            positives, negative = _padded(positives, negative, longest, self._empty)
            longest = max(len(entry.hidden_states) for entry in positives)
        if longest == len(negative.hidden_states):
            *outputs, last = self._rows(x, level, [*positives, negative])
            return outputs, last
        return self._rows(x, level, positives), self._rows(x, level, [negative])[0]

    def _rows(self, x: Tensor, level: Tensor, entries: list[EncodedEntry]) -> list[Tensor]:
        """Evaluate every entry on ``x`` in one batch."""
        output = self._evaluate(x.repeat(len(entries), 1, 1, 1), level, self._context(entries, x))
        return list(output.chunk(len(entries)))

    def _context(self, entries: list[EncodedEntry], x: Tensor) -> Context:
        """The entries' rows; made once while the prompts stay, for a GPU waits when they are sent to it."""
        for known, context in self._stacked:
            if len(known) == len(entries) and all(map(is_, known, entries)):
                return context
        context = _stack(entries, len(x), x)
        self._stacked = [*self._stacked[-1:], (entries, context)]  # two: positives and negative may alternate
        return context


def _stack(entries: list[EncodedEntry], images: int, like: Tensor) -> Context:
    """One row for each entry and image; short entries are extended by their last token's vector."""
    longest = max(len(entry.hidden_states) for entry in entries)
    states = torch.stack([_extend(entry.hidden_states, longest) for entry in entries]).to(like)
    pooled = [entry.pooled for entry in entries if entry.pooled is not None]
    return Context(
        states.repeat_interleave(images, dim=0),
        torch.stack(pooled).to(like).repeat_interleave(images, dim=0) if pooled else None,
    )


def _padded(
    positives: list[EncodedEntry], negative: EncodedEntry, longest: int, empty: Tensor
) -> tuple[list[EncodedEntry], EncodedEntry]:
    """Repeat the empty prompt behind the positives, brought to one length, or behind the negative.

    Source: stable-diffusion-webui ``modules/sd_samplers_cfg_denoiser.py``.
    """
    repeats = (longest - len(negative.hidden_states)) // len(empty)
    if repeats >= 0:
        return positives, _followed(negative, negative.hidden_states, empty, repeats)
    even = [(entry, _extend(entry.hidden_states, longest)) for entry in positives]
    return [_followed(entry, states, empty, -repeats) for entry, states in even], negative


def _followed(entry: EncodedEntry, states: Tensor, empty: Tensor, repeats: int) -> EncodedEntry:
    return replace(entry, hidden_states=torch.cat([states, *[empty.to(states)] * repeats]))


def _extend(states: Tensor, tokens: int) -> Tensor:
    """Repeat the last token's vector until there are ``tokens``."""
    missing = tokens - len(states)
    return states if missing == 0 else torch.cat([states, states[-1:].repeat(missing, 1)])
