"""Sampling of latent consistency models."""

from itertools import pairwise

from torch import Tensor

from mezzotint.runtime.samplers.common import Denoise, Noise


def lcm(denoise: Denoise, x: Tensor, sigmas: Tensor, noise: Noise) -> Tensor:
    """Jump to the estimate and add noise back. Source: S. Luo et al. (2023), algorithm 3."""
    for sigma, target in pairwise(sigmas):
        x = denoise(x, sigma)
        if target > 0:
            x = x + target * noise(sigma, target)
    return x
