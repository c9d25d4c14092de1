"""DPM-Solver++ samplers in terms of ``t = -log sigma``.

Source of the steps: C. Lu et al., "DPM-Solver++" (2022); of their stochastic forms: k-diffusion.
"""

from itertools import pairwise

import torch
from torch import Tensor

from mezzotint.runtime.samplers.common import Denoise, Noise, ancestral_step, slope


def dpmpp_2m(denoise: Denoise, x: Tensor, sigmas: Tensor, noise: Noise) -> Tensor:  # noqa: ARG001 - one signature
    """DPM-Solver++(2M): second order from the previous estimate. Source: algorithm 2 of the paper."""
    previous: Tensor | None = None
    times = -sigmas.log()
    for i in range(len(sigmas) - 1):
        denoised = denoise(x, sigmas[i])
        h = times[i + 1] - times[i]
        guess = denoised
        if previous is not None and sigmas[i + 1] > 0:
            ratio = (times[i] - times[i - 1]) / h
            guess = (1 + 1 / (2 * ratio)) * denoised - 1 / (2 * ratio) * previous
        # Sigmas by way of their logarithms, as in the source: from 4518 down, an ulp of theirs shows.
        x = ((-times[i + 1]).exp() / (-times[i]).exp()) * x - torch.expm1(-h) * guess
        previous = denoised
    return x


def dpmpp_2s_ancestral(
    denoise: Denoise, x: Tensor, sigmas: Tensor, noise: Noise, *, eta: float = 1.0, s_noise: float = 1.0
) -> Tensor:
    """DPM-Solver++(2S) to the ancestral step's lower sigma. Source: algorithm 1 of the paper."""
    for sigma, target in pairwise(sigmas):
        denoised = denoise(x, sigma)
        down, up = ancestral_step(sigma, target, eta)
        if down == 0:
            x = x + slope(x, sigma, denoised) * (down - sigma)
        else:
            t, t_next = -sigma.log(), -down.log()
            h = t_next - t
            middle = (-(t + 0.5 * h)).exp()
            x_middle = (middle / (-t).exp()) * x - torch.expm1(-h * 0.5) * denoised
            x = ((-t_next).exp() / (-t).exp()) * x - torch.expm1(-h) * denoise(x_middle, middle)
        if target > 0:
            x = x + noise(sigma, target) * s_noise * up
    return x


def dpmpp_sde(
    denoise: Denoise, x: Tensor, sigmas: Tensor, noise: Noise, *, eta: float = 1.0, s_noise: float = 1.0
) -> Tensor:
    """DPM-Solver++ SDE with its middle point at r = 1/2. Source: k-diffusion ``sample_dpmpp_sde``."""
    for sigma, target in pairwise(sigmas):
        denoised = denoise(x, sigma)
        if target == 0:
            x = x + slope(x, sigma, denoised) * (target - sigma)
            continue
        # Sigmas go through the logarithm and back on purpose: the rounding decides which cell of the
        # Brownian tree is read, and so shows in the third decimal of the noise.
        t, t_next = -sigma.log(), -target.log()
        start, middle, end = (-t).exp(), (-(t + (t_next - t) * 0.5)).exp(), (-t_next).exp()
        x_middle, fresh = _noisy_step(x, denoised, start, middle, eta)
        x_middle = x_middle + noise(start, middle) * s_noise * fresh
        x, fresh = _noisy_step(x, denoise(x_middle, middle), start, end, eta)
        x = x + noise(start, end) * s_noise * fresh
    return x


def _noisy_step(
    x: Tensor, denoised: Tensor, sigma: Tensor, target: Tensor, eta: float
) -> tuple[Tensor, Tensor]:
    """First-order step to the ancestral lower sigma; also the sigma of the noise to add."""
    down, up = ancestral_step(sigma, target, eta)
    t_down = -down.log()
    x = ((-t_down).exp() / sigma) * x - torch.expm1(-sigma.log() - t_down) * denoised
    return x, up
