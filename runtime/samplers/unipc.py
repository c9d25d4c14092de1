"""UniPC: a multistep predictor and corrector on denoised estimates.

Source: W. Zhao et al., "UniPC" (2023), algorithms 5 to 8 (B1, B2 and varying coefficients).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import torch
from torch import Tensor

from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.samplers.common import Noise
from mezzotint.runtime.timesteps import Timesteps

Predict: TypeAlias = Callable[[Tensor, Tensor], Tensor]


def unipc(
    predict: Predict,
    x: Tensor,
    steps: Timesteps,
    noise: Noise,  # noqa: ARG001 - one signature
    *,
    uni_pc_variant: str = "bh1",
    uni_pc_skip_type: str = "time_uniform",
    uni_pc_order: int = 3,
    uni_pc_lower_order_final: bool = True,
) -> Tensor:
    """UniPC in as many steps as there are time steps, at times of its own between the first and the last.

    Args:
        predict: see :mod:`mezzotint.runtime.samplers`; asked for real-valued times.
        x: the start.
        steps: the number counts, and in image-to-image the last.
        noise: not used.
        uni_pc_variant: ``bh1``, ``bh2`` or ``vary_coeff``.
        uni_pc_skip_type: ``time_uniform``, ``time_quadratic`` or ``logSNR``.
        uni_pc_order: order of the predictor.
        uni_pc_lower_order_final: lower the order towards the end.

    Raises:
        MezzotintError: fewer steps than the order.
    """
    count = len(steps.values)
    if count < uni_pc_order:
        raise MezzotintError(
            f"UniPC of order {uni_pc_order} needs more steps: raise steps, or lower the order"
        )
    path = _Path(steps.alphas_cumprod)
    times = path.times(uni_pc_skip_type, float(steps.values[-1]) if steps.is_img2img else None, count)

    def estimate(x: Tensor, t: Tensor) -> Tensor:
        point = path.at(t)
        return (x - point.sigma * predict(x, (t - 1.0 / path.trained) * path.trained)) / point.alpha

    update = _update_varying if uni_pc_variant == "vary_coeff" else _update_bh
    points = [path.at(t) for t in times]
    history = [(points[0], estimate(x, times[0]))]  # newest first
    for step in range(1, count + 1):
        order = min(step, uni_pc_order)
        if step >= uni_pc_order and uni_pc_lower_order_final:
            order = min(uni_pc_order, count + 1 - step)
        ask = (lambda x, t=times[step]: estimate(x, t)) if step < count else None
        x, latest = update(x, history[:order], points[step], ask, uni_pc_variant)
        if latest is not None:
            history = [(points[step], latest), *history][:uni_pc_order]
    return x


@dataclass(frozen=True, slots=True)
class _Point:
    """Signal, noise and half log signal-to-noise ratio at a time."""

    alpha: Tensor
    sigma: Tensor
    lambda_: Tensor


class _Path:
    """The trained schedule as a function of a time from 0 to 1."""

    def __init__(self, alphas_cumprod: Tensor) -> None:
        self.trained = len(alphas_cumprod)
        self.log_alphas = 0.5 * alphas_cumprod.log().float()
        self.grid = torch.linspace(0.0, 1.0, self.trained + 1)[1:]

    def at(self, t: Tensor) -> _Point:
        """The point at a 0-d time."""
        log_alpha = _interpolate(t, self.grid, self.log_alphas)
        log_sigma = 0.5 * torch.log(1.0 - torch.exp(2.0 * log_alpha))
        return _Point(log_alpha.exp(), (1.0 - torch.exp(2.0 * log_alpha)).sqrt(), log_alpha - log_sigma)

    def times(self, skip_type: str, last: float | None, count: int) -> Tensor:
        """``(count + 1,)`` falling times."""
        start = 1.0 if last is None else last / self.trained + 1 / self.trained
        end = 1.0 / self.trained
        if skip_type == "time_uniform":
            return torch.linspace(start, end, count + 1)
        if skip_type == "time_quadratic":
            return torch.linspace(start**0.5, end**0.5, count + 1) ** 2
        if skip_type == "logSNR":
            ends = [self.at(torch.tensor(t)).lambda_.item() for t in (start, end)]
            lambdas = torch.linspace(ends[0], ends[1], count + 1)
            log_alphas = -0.5 * torch.logaddexp(torch.zeros(()), -2.0 * lambdas)
            flipped = self.log_alphas.flip(0), self.grid.flip(0)
            return torch.stack([_interpolate(value, *flipped) for value in log_alphas])
        known = "time_uniform, time_quadratic, logSNR"
        raise MezzotintError(f"unknown UniPC skip type {skip_type!r}: use one of {known}")


def _interpolate(x: Tensor, xs: Tensor, ys: Tensor) -> Tensor:
    """Piecewise linear through rising ``xs``, continued beyond both ends."""
    i = int(torch.searchsorted(xs, x)) - 1
    i = min(max(i, 0), len(xs) - 2)
    return ys[i] + (x - xs[i]) * (ys[i + 1] - ys[i]) / (xs[i + 1] - xs[i])


History: TypeAlias = list[tuple[_Point, Tensor]]
Ask: TypeAlias = Callable[[Tensor], Tensor]


def _base(x: Tensor, history: History, to: _Point) -> tuple[Tensor, Tensor, Tensor, list[Tensor]]:
    """The first-order step, ``-h``, the ratios ``r`` (1 last) and the divided differences."""
    start, newest = history[0]
    h = to.lambda_ - start.lambda_
    ratios = [(point.lambda_ - start.lambda_) / h for point, _ in history[1:]]
    differences = [(m - newest) / r for (_, m), r in zip(history[1:], ratios, strict=True)]
    straight = to.sigma / start.sigma * x - to.alpha * torch.expm1(-h) * newest
    return straight, -h, torch.stack([*ratios, torch.ones(())]), differences


def _update_bh(
    x: Tensor, history: History, to: _Point, ask: Ask | None, variant: str
) -> tuple[Tensor, Tensor | None]:
    """Predict, evaluate, correct; without ``ask`` only predict. Source: algorithms 5 and 6."""
    straight, hh, ratios, differences = _base(x, history, to)
    order = len(history)
    scale = hh if variant == "bh1" else torch.expm1(hh)
    matrix, target = _order_conditions(ratios, hh, scale)
    predicted = straight
    if differences:
        weights = torch.full((1,), 0.5) if order == 2 else torch.linalg.solve(matrix[:-1, :-1], target[:-1])
        predicted = straight - to.alpha * scale * _weighted(weights, differences)
    if ask is None:
        return predicted, None
    weights = torch.full((1,), 0.5) if order == 1 else torch.linalg.solve(matrix, target)
    latest = ask(predicted)
    correction = _weighted(weights, [*differences, latest - history[0][1]])
    return straight - to.alpha * scale * correction, latest


def _order_conditions(ratios: Tensor, hh: Tensor, scale: Tensor) -> tuple[Tensor, Tensor]:
    """The linear system for the weights. Source: theorem 3.1."""
    rows, target = [], []
    phi, factorial = torch.expm1(hh) / hh - 1, 1
    for i in range(len(ratios)):
        rows.append(ratios**i)
        target.append(phi * factorial / scale)
        factorial *= i + 2
        phi = phi / hh - 1 / factorial
    return torch.stack(rows), torch.stack(target)


def _update_varying(
    x: Tensor, history: History, to: _Point, ask: Ask | None, _variant: str
) -> tuple[Tensor, Tensor | None]:
    """The same with coefficients from the inverse of a Vandermonde-like matrix. Source: appendix C."""
    straight, hh, ratios, differences = _base(x, history, to)
    order = len(history)
    columns, column = [], torch.ones_like(ratios)
    for k in range(1, order + 1):
        columns.append(column)
        column = column * ratios / (k + 1)
    matrix = torch.stack(columns, dim=1)
    phis, factorial = [torch.expm1(hh)], 1
    for k in range(1, order + 1):
        phis.append(phis[-1] / hh - 1 / factorial)
        factorial *= k + 1
    predicted = straight
    if differences:
        inverse = torch.linalg.inv(matrix[:-1, :-1])
        for k in range(order - 1):
            predicted = predicted - to.alpha * phis[k + 1] * _weighted(inverse[k], differences)
    if ask is None:
        return predicted, None
    latest = ask(predicted)
    inverse = torch.linalg.inv(matrix)
    corrected = straight
    for k in range(order - 1):
        corrected = corrected - to.alpha * phis[k + 1] * _weighted(inverse[k][:-1], differences)
    # The source multiplies the last difference by the row *before* the last.
    weight = inverse[max(order - 2, 0)][-1]
    return corrected - to.alpha * phis[order] * (latest - history[0][1]) * weight, latest


def _weighted(weights: Tensor, parts: list[Tensor]) -> Tensor:
    return torch.stack([w * part for w, part in zip(weights, parts, strict=True)]).sum(dim=0)
