"""What the sigma-family samplers share."""

from collections.abc import Callable
from typing import TypeAlias

import torch
from torch import Tensor

Denoise: TypeAlias = Callable[[Tensor, Tensor], Tensor]
Noise: TypeAlias = Callable[[Tensor, Tensor], Tensor]


def slope(x: Tensor, sigma: Tensor, denoised: Tensor) -> Tensor:
    """The probability-flow derivative dx/dsigma. Source: T. Karras et al. (2022), algorithm 1, line 4."""
    return (x - denoised) / sigma


def ancestral_step(sigma: Tensor, target: Tensor, eta: float = 1.0) -> tuple[Tensor, Tensor]:
    """Split a step into a deterministic part and fresh noise.

    Args:
        sigma: where the step starts, 0-d.
        target: where it ends, 0-d.
        eta: share of noise; 0 is deterministic, 1 the ancestral step of DDPM.

    Returns:
        The sigma to step down to, and the sigma of the noise to add then.

    Source: k-diffusion ``get_ancestral_step``; J. Song et al., "DDIM" (2021), equation 16.
    """
    if not eta:
        return target, torch.zeros_like(target)
    up = (target**2 * (sigma**2 - target**2) / sigma**2) ** 0.5 * eta
    up = torch.minimum(target, up)
    return (target**2 - up**2) ** 0.5, up


def churned(x: Tensor, sigma: Tensor, noise: Tensor, gamma: float, s_noise: float) -> tuple[Tensor, Tensor]:
    """Raise the noise level by the factor ``1 + gamma`` before a step.

    Source: T. Karras et al. (2022), algorithm 2, lines 4 to 6.
    """
    raised = sigma * (gamma + 1)
    if gamma > 0:
        x = x + noise * s_noise * (raised**2 - sigma**2) ** 0.5
    return x, raised


def churn_amount(sigma: Tensor, steps: int, s_churn: float, s_tmin: float, s_tmax: float) -> float:
    """``gamma`` of :func:`churned`: at most the square root of 2 less 1, none outside tmin..tmax."""
    within = s_tmin <= sigma.item() <= s_tmax
    return min(s_churn / steps, 2**0.5 - 1) if within else 0.0
