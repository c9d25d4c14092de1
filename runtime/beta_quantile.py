"""Quantiles of the beta distribution, so that one schedule does not need all of SciPy."""

from math import exp, lgamma, log

_TINY = 1e-300


def beta_quantile(share: float, alpha: float, beta: float) -> float:
    """Find ``x`` in 0..1 with ``I_x(alpha, beta) == share``, to about 1e-14.

    Bisection: slow, sure, and quick enough for a schedule. Near 1 the density of shapes below 1 is
    unbounded, so the upper half is found from the other end, where doubles are dense.
    """
    if share <= 0.0:
        return 0.0
    if share >= 1.0:
        return 1.0
    if share > regularised_beta(0.5, alpha, beta):
        return 1.0 - _lower_half(1.0 - share, beta, alpha)
    return _lower_half(share, alpha, beta)


def _lower_half(share: float, alpha: float, beta: float) -> float:
    """Bisect between 0 and 1/2; a root that rounding puts just past the middle comes out as 1/2."""
    low, high = 0.0, 0.5
    for _ in range(200):
        middle = 0.5 * (low + high)
        if middle in (low, high):
            break
        low, high = (middle, high) if regularised_beta(middle, alpha, beta) < share else (low, middle)
    return 0.5 * (low + high)


def regularised_beta(x: float, alpha: float, beta: float) -> float:
    """The regularised incomplete beta function ``I_x(alpha, beta)`` for ``0 <= x <= 1``.

    Source: W. Press et al., "Numerical recipes", §6.4: the continued fraction (NIST DLMF 8.17.22).
    """
    if x in (0.0, 1.0):
        return x
    scale = exp(lgamma(alpha + beta) - lgamma(alpha) - lgamma(beta) + alpha * log(x) + beta * log(1 - x))
    if x < (alpha + 1) / (alpha + beta + 2):
        return scale * _fraction(x, alpha, beta) / alpha
    return 1.0 - scale * _fraction(1 - x, beta, alpha) / beta


def _fraction(x: float, a: float, b: float) -> float:
    """Evaluate the continued fraction by Lentz's method."""
    c, d = 1.0, 1.0 / _nonzero(1.0 - (a + b) * x / (a + 1.0))
    value = d
    for m in range(1, 500):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1.0 / _nonzero(1.0 + term * d)
            c = _nonzero(1.0 + term / c)
            value *= c * d
        if abs(c * d - 1.0) < 1e-16:
            break
    return value


def _nonzero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
