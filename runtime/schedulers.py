"""Noise schedules: each a pure function from a number of steps to falling sigmas.

All return float32 ``(n + 1,)`` on the CPU, ending in 0, unless their docstring says otherwise. The names
and defaults are stable-diffusion-webui 1.10.1's; ``n`` counts the sampler's steps.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

import torch
from torch import Tensor

from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.beta_quantile import beta_quantile
from mezzotint.runtime.sigmas import SigmaTable

_AYS_SD = (14.615, 6.475, 3.861, 2.697, 1.886, 1.396, 0.963, 0.652, 0.399, 0.152, 0.029)
_AYS_SDXL = (14.615, 6.315, 3.771, 2.181, 1.342, 0.862, 0.555, 0.380, 0.234, 0.113, 0.029)


@dataclass(frozen=True, slots=True)
class ScheduleOptions:
    """Overrides of a schedule's constants; 0 leaves the default.

    Attributes:
        sigma_min: smallest sigma; by default the model's.
        sigma_max: largest sigma; by default the model's.
        rho: exponent of the Karras (7) and polyexponential (1) schedules.
        beta_alpha: first shape parameter of the beta schedule.
        beta_beta: second shape parameter of the beta schedule.
        old_karras: take 0.1 and 10 for the two sigmas, as before 2023 (any schedule, despite its name).
        is_sdxl: use the SDXL table of "Align Your Steps".
    """

    sigma_min: float = 0.0
    sigma_max: float = 0.0
    rho: float = 0.0
    beta_alpha: float = 0.6
    beta_beta: float = 0.6
    old_karras: bool = False
    is_sdxl: bool = False

    def completed(self, table: SigmaTable) -> "ScheduleOptions":
        """The same options, with the model's two sigmas where none are given."""
        low, high = (0.1, 10.0) if self.old_karras else (table.sigma_min, table.sigma_max)
        return replace(self, sigma_min=self.sigma_min or low, sigma_max=self.sigma_max or high)


Schedule: TypeAlias = Callable[[int, ScheduleOptions, SigmaTable], Tensor]


def uniform(n: int, _options: ScheduleOptions, table: SigmaTable) -> Tensor:
    """Equally spaced trained time steps, whatever the two sigmas. Source: k-diffusion ``get_sigmas``."""
    times = torch.linspace(len(table.sigmas) - 1, 0, n)
    return _ended(table.t_to_sigma(times))


def karras(n: int, options: ScheduleOptions, _table: SigmaTable) -> Tensor:
    """Source: T. Karras et al., "Elucidating the design space…" (2022), equation 5."""
    rho = options.rho or 7.0
    return karras_sigmas(n, options.sigma_min, options.sigma_max, rho)


def karras_sigmas(n: int, sigma_min: float | Tensor, sigma_max: float | Tensor, rho: float = 7.0) -> Tensor:
    """:func:`karras` between two given sigmas."""
    ramp = torch.linspace(0, 1, n)
    low, high = sigma_min ** (1 / rho), sigma_max ** (1 / rho)
    return _ended((high + ramp * (low - high)) ** rho)


def exponential(n: int, options: ScheduleOptions, _table: SigmaTable) -> Tensor:
    """Equal steps of log sigma. Source: k-diffusion ``get_sigmas_exponential``."""
    return _ended(torch.linspace(math.log(options.sigma_max), math.log(options.sigma_min), n).exp())


def polyexponential(n: int, options: ScheduleOptions, _table: SigmaTable) -> Tensor:
    """Polynomial steps of log sigma. Source: k-diffusion ``get_sigmas_polyexponential``."""
    low, high = math.log(options.sigma_min), math.log(options.sigma_max)
    ramp = torch.linspace(1, 0, n) ** (options.rho or 1.0)
    return _ended((ramp * (high - low) + low).exp())


def sgm_uniform(n: int, options: ScheduleOptions, table: SigmaTable) -> Tensor:
    """Equal time steps that stop one short of the smallest. Source: Stability's generative-models."""
    first, last = _time_span(options, table)
    return _ended(table.t_to_sigma(torch.linspace(first, last, n + 1)[:-1]))


def kl_optimal(n: int, options: ScheduleOptions, _table: SigmaTable) -> Tensor:
    """Source: A. Sabour et al., "Align your steps" (2024), theorem 3.1. Ends at sigma_min, *not* at 0."""
    share = torch.arange(n + 1, dtype=torch.float32) / n
    low, high = math.atan(options.sigma_min), math.atan(options.sigma_max)
    return (share * low + (1 - share) * high).tan()


def align_your_steps(n: int, options: ScheduleOptions, _table: SigmaTable) -> Tensor:
    """Source: A. Sabour et al. (2024), published tables of 11 sigmas; resampled for other numbers."""
    known = torch.tensor(_AYS_SDXL if options.is_sdxl else _AYS_SD, dtype=torch.float64)
    if n != len(known):
        known = _log_linear(known, n)
    return _ended(known.to(torch.float32))


def _log_linear(known: Tensor, n: int) -> Tensor:
    """``n`` values at equal spacing along ``known``, linear in the logarithm; float64.

    Counted from the smallest, which is what a single step gets, as in the source.
    """
    logs = known.log().flip(0)
    place = torch.linspace(0, len(known) - 1, n, dtype=torch.float64)
    low = place.floor().long().clamp(max=len(known) - 2)
    share = place - low
    return ((1 - share) * logs[low] + share * logs[low + 1]).exp().flip(0)


def simple(n: int, _options: ScheduleOptions, table: SigmaTable) -> Tensor:
    """Every ``1000 / n``-th trained sigma from the largest down. Source: ComfyUI's "simple"."""
    stride = len(table.sigmas) / n
    return _ended(table.sigmas[[-(1 + int(i * stride)) for i in range(n)]])


def normal(n: int, options: ScheduleOptions, table: SigmaTable) -> Tensor:
    """Equal time steps between the two sigmas. Source: ComfyUI's "normal"."""
    first, last = _time_span(options, table)
    return _ended(table.t_to_sigma(torch.linspace(first, last, n)))


def ddim(n: int, _options: ScheduleOptions, table: SigmaTable) -> Tensor:
    """Every ``1000 // n``-th trained sigma from the second up: more than ``n`` where 1000/n has a rest.

    Source: ComfyUI's "ddim_uniform".
    """
    stride = max(len(table.sigmas) // n, 1)
    return _ended(table.sigmas[1::stride].flip(0))


def beta(n: int, options: ScheduleOptions, _table: SigmaTable) -> Tensor:
    """Quantiles of a beta distribution, linear in sigma. Source: T. Lee et al. (2024), "Beta sampling"."""
    span = options.sigma_max - options.sigma_min
    # torch's ramp would differ in its last bits: the source computes this one in numpy, in double.
    shares = [1 - i / max(n - 1, 1) for i in range(n)]
    quantiles = [beta_quantile(share, options.beta_alpha, options.beta_beta) for share in shares]
    return _ended(torch.tensor([options.sigma_min + q * span for q in quantiles], dtype=torch.float32))


SCHEDULES: dict[str, Schedule] = {
    "Automatic": uniform,
    "Uniform": uniform,
    "Karras": karras,
    "Exponential": exponential,
    "Polyexponential": polyexponential,
    "SGM Uniform": sgm_uniform,
    "KL Optimal": kl_optimal,
    "Align Your Steps": align_your_steps,
    "Simple": simple,
    "Normal": normal,
    "DDIM": ddim,
    "Beta": beta,
}


def schedule_sigmas(
    label: str, n: int, table: SigmaTable, options: ScheduleOptions | None = None, *, discard: bool = False
) -> Tensor:
    """Compute the sigmas of a schedule by its label.

    Args:
        label: as infotexts write it, see :mod:`mezzotint.runtime.sampler_table`.
        n: steps, at least 1.
        table: the model's noise levels.
        options: overrides of the schedule's constants.
        discard: compute one more, and leave out the next to last.

    Returns:
        float32 sigmas, falling, usually ``n + 1`` of them.

    Raises:
        MezzotintError: the label is unknown.
    """
    if label not in SCHEDULES:
        raise MezzotintError(f"unknown schedule {label!r}: use one of {', '.join(SCHEDULES)}")
    options = (options or ScheduleOptions()).completed(table)
    sigmas = SCHEDULES[label](n + discard, options, table)
    return torch.cat([sigmas[:-2], sigmas[-1:]]) if discard else sigmas


def _time_span(options: ScheduleOptions, table: SigmaTable) -> tuple[float, float]:
    to_time = partial(torch.tensor, dtype=torch.float32)
    first = table.sigma_to_t(to_time(options.sigma_max)).item()
    return first, table.sigma_to_t(to_time(options.sigma_min)).item()


def _ended(sigmas: Tensor) -> Tensor:
    return torch.cat([sigmas, sigmas.new_zeros(1)])
