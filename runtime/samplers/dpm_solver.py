"""DPM-Solver with singlestep orders 1 to 3, on its own grid ("fast") or with error control ("adaptive").

Source: C. Lu et al., "DPM-Solver" (2022), algorithms 1 and 2 and appendix C; k-diffusion for the
stochastic forms and the step size control. Everything is a function of ``t = -log sigma``.
"""

from dataclasses import dataclass, field
from math import atan

import torch
from torch import Tensor

from mezzotint.runtime.samplers.common import Denoise, Noise, ancestral_step

Span = tuple[float, float, int]
"""Smallest sigma, largest sigma and number of evaluations."""


class _Solver:
    """Singlestep updates from ``t`` to ``t_next``; noise predictions at ``t`` are shared among orders."""

    def __init__(self, denoise: Denoise) -> None:
        self.denoise = denoise

    def predict(self, x: Tensor, t: Tensor) -> Tensor:
        """The noise in ``x``."""
        sigma = (-t).exp()
        return (x - self.denoise(x, sigma)) / sigma

    def first(self, x: Tensor, t: Tensor, t_next: Tensor, noise: Tensor) -> Tensor:
        """DPM-Solver-1, which is DDIM."""
        return x - (-t_next).exp() * torch.expm1(t_next - t) * noise

    def middle(self, x: Tensor, t: Tensor, t_next: Tensor, r: float, noise: Tensor) -> Tensor:
        """The noise at the share ``r`` of a step."""
        h = t_next - t
        s = t + r * h
        return self.predict(x - (-s).exp() * torch.expm1(r * h) * noise, s)

    def second(
        self, x: Tensor, t: Tensor, t_next: Tensor, noise: Tensor, middle: Tensor, r: float = 1 / 2
    ) -> Tensor:
        """DPM-Solver-2."""
        h = t_next - t
        sigma = (-t_next).exp()
        straight = x - sigma * torch.expm1(h) * noise
        return straight - sigma / (2 * r) * torch.expm1(h) * (middle - noise)

    def third(self, x: Tensor, t: Tensor, t_next: Tensor, noise: Tensor, middle: Tensor) -> Tensor:
        """DPM-Solver-3 with its inner points at 1/3, which ``middle`` is from, and 2/3."""
        r1, r2 = 1 / 3, 2 / 3
        h = t_next - t
        s2 = t + r2 * h
        bend = (-s2).exp() * (r2 / r1) * (torch.expm1(r2 * h) / (r2 * h) - 1)
        x2 = x - (-s2).exp() * torch.expm1(r2 * h) * noise - bend * (middle - noise)
        late = self.predict(x2, s2)
        sigma = (-t_next).exp()
        straight = x - sigma * torch.expm1(h) * noise
        return straight - sigma / r2 * (torch.expm1(h) / h - 1) * (late - noise)

    def step(self, order: int, x: Tensor, t: Tensor, t_next: Tensor) -> Tensor:
        """One step of the given order."""
        noise = self.predict(x, t)
        if order == 1:
            return self.first(x, t, t_next, noise)
        if order == 2:
            return self.second(x, t, t_next, noise, self.middle(x, t, t_next, 1 / 2, noise))
        return self.third(x, t, t_next, noise, self.middle(x, t, t_next, 1 / 3, noise))


def dpm_fast(
    denoise: Denoise,
    x: Tensor,
    sigmas: Tensor,
    noise: Noise,
    *,
    span: Span | None = None,
    eta: float = 1.0,
    s_noise: float = 1.0,
) -> Tensor:
    """DPM-Solver-fast: third-order steps at equal distances in log sigma; ends at the smallest sigma.

    Args:
        denoise: see :mod:`mezzotint.runtime.samplers`.
        x: the start.
        sigmas: read only for the ends and the number of steps, if there is no ``span``.
        noise: asked once for every step.
        span: smallest and largest sigma, and the number of evaluations.
        eta: share of noise.
        s_noise: factor on the noise.
    """
    low, high, evaluations = span or (sigmas[-2].item(), sigmas[0].item(), len(sigmas) - 1)
    solver = _Solver(denoise)
    t_end = -torch.tensor(low).log()
    orders = _orders(evaluations)
    times = torch.linspace((-torch.tensor(high).log()).item(), t_end.item(), len(orders) + 1)
    for order, t, t_next in zip(orders, times[:-1], times[1:], strict=True):
        target, up = _split_step(t, t_next, t_end, eta)
        x = solver.step(order, x, t, target)
        x = x + up * s_noise * noise((-t).exp(), (-t_next).exp())
    return x


def _orders(evaluations: int) -> list[int]:
    """Orders of the steps, which add up to the evaluations."""
    thirds = evaluations // 3
    if evaluations % 3 == 0:
        return [3] * (thirds - 1) + [2, 1]
    return [3] * thirds + [evaluations % 3]


def _split_step(t: Tensor, t_next: Tensor, t_end: Tensor, eta: float) -> tuple[Tensor, Tensor]:
    """Where the deterministic part of a step goes, and the sigma of the noise that brings it back."""
    if not eta:
        return t_next, torch.zeros(())
    down, _ = ancestral_step((-t).exp(), (-t_next).exp(), eta)
    target = torch.minimum(t_end, -down.log())
    return target, ((-t_next).exp() ** 2 - (-target).exp() ** 2) ** 0.5


@dataclass
class _StepSize:
    """PID control of the step in log sigma. Source: diffrax's and k-diffusion's controllers."""

    h: float
    order: float
    weights: tuple[float, float, float] = (0.0, 1.0, 0.0)
    accept_above: float = 0.81
    errors: list[float] = field(default_factory=list)

    def propose(self, error: float) -> bool:
        """Update ``h`` for the error of a trial; whether the trial is good enough."""
        p, i, d = self.weights
        inverse = 1 / (error + 1e-8)
        errors = [inverse, *(self.errors or [inverse, inverse])]
        powers = ((p + i + d) / self.order, -(p + 2 * d) / self.order, d / self.order)
        factor = errors[0] ** powers[0] * errors[1] ** powers[1] * errors[2] ** powers[2]
        factor = 1 + atan(factor - 1)
        accepted = factor >= self.accept_above
        if accepted:
            self.errors = errors[:2]
        self.h *= factor
        return accepted


def dpm_adaptive(
    denoise: Denoise,
    x: Tensor,
    sigmas: Tensor,
    noise: Noise,
    *,
    span: Span | None = None,
    eta: float = 1.0,
    s_noise: float = 1.0,
) -> Tensor:
    """DPM-Solver-12/23 with an adaptive step: orders 2 and 3 are compared; the number of steps is its own.

    The error is measured over the whole batch. Arguments as for :func:`dpm_fast`.
    """
    low_sigma, high_sigma, _ = span or (sigmas[-2].item(), sigmas[0].item(), 0)
    solver = _Solver(denoise)
    t, t_end = -torch.tensor(high_sigma).log(), -torch.tensor(low_sigma).log()
    size = _StepSize(h=0.05, order=1.5 if eta else 3.0)
    previous = x
    while t < t_end - 1e-5:
        t_next = torch.minimum(t_end, t + size.h)
        target, up = _split_step(t, t_next, t_end, eta)
        predicted = solver.predict(x, t)
        middle = solver.middle(x, t, target, 1 / 3, predicted)
        second = solver.second(x, t, target, predicted, middle, r=1 / 3)
        third = solver.third(x, t, target, predicted, middle)
        tolerance = torch.maximum(torch.tensor(0.0078), 0.05 * torch.maximum(second.abs(), previous.abs()))
        error = torch.linalg.norm((second - third) / tolerance) / x.numel() ** 0.5
        if size.propose(error.item()):
            previous = second
            x = third + up * s_noise * noise((-t).exp(), (-t_next).exp())
            t = t_next
    return x
