"""Brownian noise whose increments depend on the seed and the end points only, not on the order of queries.

Stochastic samplers of the DPM-Solver family ask for the noise *between two sigmas*, so that more steps
refine one path instead of drawing another. The tree is torchsde's, computed here so that every node can
draw from any source of :mod:`mezzotint.runtime.rng` (torchsde knows torch's generators only).
"""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt

import numpy as np
import torch
from torch import Tensor

from mezzotint.runtime.rng import make_generator

_POOL = 24
_CACHED_SPLITS = 64  # two walks from the root to the leaves; a split holds one latent


@dataclass(frozen=True, slots=True)
class _Node:
    start: float
    end: float
    key: int
    depth: int
    increment: Tensor


class BrownianTree:
    """One path on an interval, by repeated halving down to 1e-6.

    Args:
        start: first time, a sigma.
        end: last time; both are rounded to 6 decimals.
        shape: of the path's values.
        entropy: the seed, 0..2^64-1.
        source: random source of the nodes.

    Source: torchsde 0.2.6 ``BrownianTree`` (P. Kidger et al., "Efficient and accurate gradients for neural
    SDEs", 2021), with ``tol=1e-6, pool_size=24``; the same arithmetic in the same order.
    """

    def __init__(self, start: float, end: float, shape: tuple[int, ...], entropy: int, source: str) -> None:
        self._shape, self._entropy, self._source = shape, entropy, source
        seed = np.random.SeedSequence(entropy=entropy, pool_size=_POOL).generate_state(3)[0]
        whole = self._randn(int(seed)) * sqrt(end - start)
        self._root = _Node(_rounded(start), _rounded(end), 0, 0, whole)
        self._splits: OrderedDict[tuple[int, int], tuple[float, Tensor]] = OrderedDict()

    def increment(self, start: float, end: float) -> Tensor:
        """The path's change from ``start`` to ``end`` (``start <= end``), clipped to the interval."""
        start, end = self._clipped(start), self._clipped(end)
        if start >= end:
            return torch.zeros(self._shape)
        parts = self._cover(self._root, start, end)
        total = next(parts)
        for part in parts:
            total = total + part
        return total

    def _cover(self, node: _Node, start: float, end: float) -> Iterator[Tensor]:
        """The increments of the largest nodes that tile ``[start, end]``, from left to right."""
        if (start, end) == (node.start, node.end):
            yield node.increment
            return
        middle, left = self._split(node)
        if start < middle:
            child = _Node(node.start, middle, 2 * node.key, node.depth + 1, left)
            yield from self._cover(child, start, min(end, middle))
        if end > middle:
            child = _Node(middle, node.end, 2 * node.key + 1, node.depth + 1, node.increment - left)
            yield from self._cover(child, max(start, middle), end)

    def _split(self, node: _Node) -> tuple[float, Tensor]:
        """The middle of a node and the increment of its left half: a Brownian bridge."""
        place = (node.key, node.depth)
        if place not in self._splits:
            middle = _rounded(0.5 * (node.end + node.start))
            shrink = 1 / (node.end - node.start)
            before, after = middle - node.start, node.end - middle
            sequence = np.random.SeedSequence(entropy=self._entropy, spawn_key=place, pool_size=_POOL)
            noise = self._randn(int(sequence.generate_state(4)[0]))
            left = before * node.increment * shrink + sqrt(before * after * shrink) * noise
            self._splits[place] = (middle, left)
            if len(self._splits) > _CACHED_SPLITS:
                self._splits.popitem(last=False)
        self._splits.move_to_end(place)
        return self._splits[place]

    def _clipped(self, time: float) -> float:
        return _rounded(min(max(time, self._root.start), self._root.end))

    def _randn(self, seed: int) -> Tensor:
        return make_generator(self._source, seed).randn(self._shape)


class BrownianNoise:
    """Unit-variance noise for a step from one sigma to another.

    Args:
        sigma_min: smallest positive sigma of the schedule.
        sigma_max: its largest; noise outside the two is that of the nearest inner interval.
        shape: ``(channels, height, width)``.
        seed: of the image.
        source: random source, see :mod:`mezzotint.runtime.rng`.
    """

    def __init__(
        self, sigma_min: float, sigma_max: float, shape: tuple[int, ...], seed: int, source: str
    ) -> None:
        self._tree = BrownianTree(sigma_min, sigma_max, shape, seed, source)

    def __call__(self, sigma: Tensor, sigma_next: Tensor) -> Tensor:
        """Noise of ``shape``; swapping the two sigmas flips its sign."""
        first, second = float(sigma), float(sigma_next)
        path = self._tree.increment(min(first, second), max(first, second))
        sign = 1.0 if first < second else -1.0
        return path * sign / (sigma_next - sigma).abs().sqrt()


def _rounded(time: float) -> float:
    return round(time, 6)
