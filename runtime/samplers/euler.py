"""Euler's method, with and without fresh noise."""

from itertools import pairwise
from math import inf

from torch import Tensor

from mezzotint.runtime.samplers.common import Denoise, Noise, ancestral_step, churn_amount, churned, slope


def euler(
    denoise: Denoise,
    x: Tensor,
    sigmas: Tensor,
    noise: Noise,
    *,
    s_churn: float = 0.0,
    s_tmin: float = 0.0,
    s_tmax: float = inf,
    s_noise: float = 1.0,
) -> Tensor:
    """Euler steps, optionally with noise churn. Source: T. Karras et al. (2022), algorithm 2, one stage."""
    steps = len(sigmas) - 1
    for sigma, target in pairwise(sigmas):
        fresh = noise(sigma, target)  # drawn even if unused: the reference's stream advances
        x, raised = churned(x, sigma, fresh, churn_amount(sigma, steps, s_churn, s_tmin, s_tmax), s_noise)
        x = x + slope(x, raised, denoise(x, raised)) * (target - raised)
    return x


def euler_ancestral(
    denoise: Denoise, x: Tensor, sigmas: Tensor, noise: Noise, *, eta: float = 1.0, s_noise: float = 1.0
) -> Tensor:
    """Euler steps that go too far down and add noise back. Source: k-diffusion ``sample_euler_ancestral``."""
    for sigma, target in pairwise(sigmas):
        down, up = ancestral_step(sigma, target, eta)
        x = x + slope(x, sigma, denoise(x, sigma)) * (down - sigma)
        if target > 0:
            x = x + noise(sigma, target) * s_noise * up
    return x
