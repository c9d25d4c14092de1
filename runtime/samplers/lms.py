"""Linear multistep."""

from collections.abc import Sequence

import numpy as np
from torch import Tensor

from mezzotint.runtime.samplers.common import Denoise, Noise, slope

_ORDER = 4


def lms(denoise: Denoise, x: Tensor, sigmas: Tensor, noise: Noise) -> Tensor:  # noqa: ARG001 - one signature
    """Adams-Bashforth of order 4 on uneven steps. Source: k-diffusion ``sample_lms``."""
    slopes: list[Tensor] = []  # newest first
    times = sigmas.tolist()
    for i in range(len(times) - 1):
        slopes = [slope(x, sigmas[i], denoise(x, sigmas[i])), *slopes][:_ORDER]
        known = times[i::-1][: len(slopes)]
        coefficients = lagrange_integrals(known, times[i], times[i + 1])
        x = x + sum(c * d for c, d in zip(coefficients, slopes, strict=True))
    return x


def lagrange_integrals(nodes: Sequence[float], start: float, end: float) -> list[float]:
    """Integrate every Lagrange basis polynomial of ``nodes`` from ``start`` to ``end``, exactly.

    The source integrates numerically, to four digits; on polynomials of degree 3 that is exact, too.
    """
    result = []
    for j, node in enumerate(nodes):
        others = [other for k, other in enumerate(nodes) if k != j]
        basis = np.poly1d(np.poly(others) if others else [1.0])
        integral = basis.integ()
        scale = float(np.prod([node - other for other in others]))
        result.append(float(integral(end) - integral(start)) / scale)
    return result
