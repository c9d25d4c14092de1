"""DDIM and PLMS, on predicted noise instead of denoised estimates."""

from collections.abc import Callable
from typing import TypeAlias

import torch
from torch import Tensor

from mezzotint.runtime.samplers.common import Noise
from mezzotint.runtime.timesteps import Timesteps

Predict: TypeAlias = Callable[[Tensor, Tensor], Tensor]
PredictBoth: TypeAlias = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]


def ddim(predict: Predict, x: Tensor, steps: Timesteps, noise: Noise, *, eta_ddim: float = 0.0) -> Tensor:
    """DDIM. Source: J. Song et al., "Denoising diffusion implicit models" (2021), equation 12."""
    for i in range(len(steps.values) - 1, 0, -1):
        predicted = predict(x, steps.values[i])
        x = _ddim_step(x, predicted, predicted, steps, i, noise, eta_ddim)
    return x


def ddim_cfgpp(
    predict: PredictBoth, x: Tensor, steps: Timesteps, noise: Noise, *, eta_ddim: float = 0.0
) -> Tensor:
    """DDIM that re-noises with the *unguided* prediction; ``predict`` returns (guided, unguided).

    The caller divides the guidance scale by 12.5, as the source does.
    Source: H. Chung et al., "CFG++" (2024), algorithm 2.
    """
    for i in range(len(steps.values) - 1, 0, -1):
        guided, unguided = predict(x, steps.values[i])
        x = _ddim_step(x, guided, unguided, steps, i, noise, eta_ddim)
    return x


def _ddim_step(
    x: Tensor, predicted: Tensor, direction: Tensor, steps: Timesteps, i: int, noise: Noise, eta: float
) -> Tensor:
    """One step of equation 12 from entry ``i`` to the one before."""
    alpha, previous = steps.alphas[i], steps.previous_alphas[i]
    sigma = eta * ((1 - previous) / (1 - alpha) * (1 - alpha / previous)).sqrt()
    # Scalars are rounded to the latents' precision before their roots are taken, as in the source.
    a, a_prev, s = (value.to(x.dtype) for value in (alpha, previous, sigma))
    root = (1 - alpha).sqrt().to(x.dtype)
    original = (x - root * predicted) / a.sqrt()
    fresh = s * noise(steps.values[i], steps.values[i - 1])  # drawn even at eta 0
    return a_prev.sqrt() * original + (1.0 - a_prev - s**2).sqrt() * direction + fresh


_ADAMS_BASHFORTH = (
    (1.0,),
    (3 / 2, -1 / 2),
    (23 / 12, -16 / 12, 5 / 12),
    (55 / 24, -59 / 24, 37 / 24, -9 / 24),
)


def plms(predict: Predict, x: Tensor, steps: Timesteps, noise: Noise) -> Tensor:  # noqa: ARG001 - one signature
    """Linear multistep on predicted noise, warmed up by one Heun step.

    Source: L. Liu et al., "Pseudo numerical methods for diffusion models" (2022), equations 12 and 13.
    """

    def step(i: int, predicted: Tensor) -> Tensor:
        return _ddim_step(x, predicted, predicted, steps, i, lambda _a, _b: torch.zeros_like(x), 0.0)

    history: list[Tensor] = []  # newest first
    for i in range(len(steps.values) - 1, 0, -1):
        predicted = predict(x, steps.values[i])
        if not history:
            blend = (predicted + predict(step(i, predicted), steps.values[max(i - 1, 0)])) / 2
        else:
            weights = _ADAMS_BASHFORTH[min(len(history), 3)]
            parts = [w * e for w, e in zip(weights, (predicted, *history), strict=True)]
            blend = torch.stack(parts).sum(dim=0)
        history = [predicted, *history][:3]
        x = step(i, blend)
    return x
