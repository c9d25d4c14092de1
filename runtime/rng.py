"""Gaussian random numbers, reproducible by seed: one small class per source.

``CPU`` is torch's Mersenne Twister; ``NV`` imitates what ``torch.randn`` draws on an NVIDIA card.
``GPU`` in an infotext means the numbers of the author's own card; here it is read as ``NV``, which
agrees with a real card up to rounding while the tensor has fewer elements than the card has threads.
"""

from math import prod
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from mezzotint.grammar.errors import MezzotintError

SOURCES = ("CPU", "GPU", "NV")
_WORD = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)


class Generator(Protocol):
    """A seeded stream of standard normal numbers."""

    def randn(self, shape: tuple[int, ...]) -> Tensor:
        """Draw a float32 CPU tensor of ``shape`` and move on."""
        ...


class CpuGenerator:
    """torch's CPU generator; seeds that agree modulo 2^32 give the same numbers."""

    def __init__(self, seed: int) -> None:
        self._generator = torch.Generator("cpu").manual_seed(seed)

    def randn(self, shape: tuple[int, ...]) -> Tensor:
        """Draw ``shape`` float32 values; they depend on the number of elements, too."""
        return torch.randn(shape, generator=self._generator, dtype=torch.float32)


class PhiloxGenerator:
    """Philox 4x32-10 with a Box-Muller transform, one counter block for each element.

    Source: J. Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (SC 2011) for the rounds;
    CUDA's curand for the transform's constants; stable-diffusion-webui for the layout of the counter.
    """

    def __init__(self, seed: int) -> None:
        self._key = (seed & 0xFFFFFFFF, seed >> 32)
        self._calls = 0

    def randn(self, shape: tuple[int, ...]) -> Tensor:
        """Draw ``shape`` float32 values; element ``i`` depends on seed, call number and ``i`` only."""
        x, y = self._words(prod(shape))
        self._calls += 1
        scale = np.float32(2.3283064e-10)
        turn = np.float32(2.3283064e-10 * 6.2831855)
        # The halves are float32, everything else float64: that is how the reference's types promote.
        radius = np.sqrt(-2.0 * np.log(x * np.float64(scale) + np.float64(scale / 2)))
        values = radius * np.sin(y * np.float64(turn) + np.float64(turn / 2))
        return torch.from_numpy(values.astype(np.float32)).reshape(shape)

    def _words(self, count: int) -> tuple["np.ndarray[tuple[int], np.dtype[np.uint64]]", ...]:
        """The first two 32-bit output words of each of ``count`` counters."""
        k0, k1 = self._key
        c0 = np.full(count, self._calls, dtype=np.uint64)
        c2 = np.arange(count, dtype=np.uint64)
        c1, c3 = np.zeros_like(c0), np.zeros_like(c0)
        for _ in range(10):
            left, right = c0 * np.uint64(0xD2511F53), c2 * np.uint64(0xCD9E8D57)
            c0, c1 = (right >> _HALF) ^ c1 ^ np.uint64(k0), right & _WORD
            c2, c3 = (left >> _HALF) ^ c3 ^ np.uint64(k1), left & _WORD
            k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
        return c0, c1


def make_generator(source: str, seed: int) -> Generator:
    """Make the generator that infotext field ``RNG`` names: ``CPU``, ``NV`` or ``GPU``.

    Raises:
        MezzotintError: the source is unknown, or the seed is not in 0..2^64-1.
    """
    if not 0 <= seed < 2**64:
        raise MezzotintError(f"seed {seed} is out of range: use 0 to 18446744073709551615")
    if source == "CPU":
        return CpuGenerator(seed)
    if source in ("NV", "GPU"):
        return PhiloxGenerator(seed)
    raise MezzotintError(f"unknown random source {source!r}: use one of {', '.join(SOURCES)}")
