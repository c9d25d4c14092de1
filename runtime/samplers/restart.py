"""Restart sampling: Heun steps that go back up and repeat a stretch."""

from collections.abc import Iterator
from itertools import pairwise

import torch
from torch import Tensor

from mezzotint.runtime.samplers.common import Denoise, Noise
from mezzotint.runtime.samplers.second_order import heun_step
from mezzotint.runtime.schedulers import karras_sigmas

_LOW, _HIGH = 0.1, 2.0  # the stretch that is repeated, in sigmas


def restart(denoise: Denoise, x: Tensor, sigmas: Tensor, noise: Noise, *, s_noise: float = 1.0) -> Tensor:
    """Restart sampling with the web UI's settings: none below 20 steps, once below 36, else twice.

    Source: Y. Xu et al., "Restart sampling for improving generative processes" (2023), algorithm 1;
    stable-diffusion-webui ``modules/sd_samplers_extra.py`` for the numbers. From 20 steps on the sigmas
    are a Karras schedule between the given ones' ends, whatever schedule was chosen.
    """
    last: Tensor | None = None
    for sigma, target in _walk(sigmas):
        if last is not None and sigma > last:
            x = x + noise(last, sigma) * s_noise * (sigma**2 - last**2) ** 0.5
        x = heun_step(denoise, x, sigma, target)
        last = target
    return x


def _walk(sigmas: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    """Every step's two sigmas, repetitions included."""
    steps = len(sigmas) - 1
    if steps < 20:
        yield from pairwise(sigmas)
        return
    inner, times = (steps // 4, 2) if steps >= 36 else (9, 1)
    sigmas = karras_sigmas(steps - inner * times, sigmas[-2].item(), sigmas[0].item())
    low, high = _nearest(sigmas, _LOW), _nearest(sigmas, _HIGH)
    for i in range(len(sigmas) - 1):
        yield sigmas[i], sigmas[i + 1]
        if i + 1 == low and high < low:
            again = karras_sigmas(inner + 1, sigmas[low].item(), sigmas[high].item())[:-1]
            for _ in range(times):
                yield from pairwise(again)


def _nearest(sigmas: Tensor, sigma: float) -> int:
    return int(torch.argmin((sigmas - sigma).abs()))
