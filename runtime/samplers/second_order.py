"""Two evaluations a step: Heun's method, and the midpoint method in log sigma."""

from itertools import pairwise
from math import inf

from torch import Tensor

from mezzotint.runtime.samplers.common import Denoise, Noise, ancestral_step, churn_amount, churned, slope


def heun(
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
    """Average the slopes at both ends of a step. Source: T. Karras et al. (2022), algorithm 2."""
    steps = len(sigmas) - 1
    for sigma, target in pairwise(sigmas):
        fresh = noise(sigma, target)  # drawn even if unused: the reference's stream advances
        x, raised = churned(x, sigma, fresh, churn_amount(sigma, steps, s_churn, s_tmin, s_tmax), s_noise)
        x = heun_step(denoise, x, raised, target)
    return x


def heun_step(denoise: Denoise, x: Tensor, sigma: Tensor, target: Tensor) -> Tensor:
    """One step of Heun's method; Euler's where the target is 0, at which there is no slope."""
    first = slope(x, sigma, denoise(x, sigma))
    trial = x + first * (target - sigma)
    if target == 0:
        return trial
    second = slope(trial, target, denoise(trial, target))
    return x + (first + second) / 2 * (target - sigma)


def dpm_2(
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
    """Midpoint steps in log sigma, with churn. Source: C. Lu et al., "DPM-Solver" (2022), algorithm 1."""
    steps = len(sigmas) - 1
    for sigma, target in pairwise(sigmas):
        fresh = noise(sigma, target)
        x, raised = churned(x, sigma, fresh, churn_amount(sigma, steps, s_churn, s_tmin, s_tmax), s_noise)
        x = _midpoint_step(denoise, x, raised, target)
    return x


def dpm_2_ancestral(
    denoise: Denoise, x: Tensor, sigmas: Tensor, noise: Noise, *, eta: float = 1.0, s_noise: float = 1.0
) -> Tensor:
    """Midpoint steps to the ancestral step's lower sigma. Source: k-diffusion ``sample_dpm_2_ancestral``."""
    for sigma, target in pairwise(sigmas):
        down, up = ancestral_step(sigma, target, eta)
        x = _midpoint_step(denoise, x, sigma, down)
        if down > 0:
            x = x + noise(sigma, target) * s_noise * up
    return x


def _midpoint_step(denoise: Denoise, x: Tensor, sigma: Tensor, target: Tensor) -> Tensor:
    """One step by the slope at the geometric mean of the sigmas; Euler's where the target is 0."""
    first = slope(x, sigma, denoise(x, sigma))
    if target == 0:
        return x + first * (target - sigma)
    middle = sigma.log().lerp(target.log(), 0.5).exp()
    x_middle = x + first * (middle - sigma)
    return x + slope(x_middle, middle, denoise(x_middle, middle)) * (target - sigma)
