"""Multistep DPM-Solver++ for the stochastic equation, with Brownian noise.

Source: C. Lu et al., "DPM-Solver++" (2022), appendix on SDE solvers; k-diffusion ``sample_dpmpp_2m_sde``
and ``sample_dpmpp_3m_sde`` (K. Crowson).
"""

from collections.abc import Callable

import torch
from torch import Tensor

from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.samplers.common import Denoise, Noise


def dpmpp_2m_sde(
    denoise: Denoise, x: Tensor, sigmas: Tensor, noise: Noise, *, eta: float = 1.0, s_noise: float = 1.0
) -> Tensor:
    """DPM-Solver++(2M) SDE, corrected as by the midpoint method."""

    def midpoint(g: Tensor) -> Tensor:
        return 0.5 * -torch.expm1(-g)

    return _second_order(denoise, x, sigmas, noise, eta, s_noise, midpoint)


def dpmpp_2m_sde_heun(
    denoise: Denoise, x: Tensor, sigmas: Tensor, noise: Noise, *, eta: float = 1.0, s_noise: float = 1.0
) -> Tensor:
    """DPM-Solver++(2M) SDE, corrected as by Heun's method."""

    def heun(g: Tensor) -> Tensor:
        return -torch.expm1(-g) / -g + 1

    return _second_order(denoise, x, sigmas, noise, eta, s_noise, heun)


def _second_order(
    denoise: Denoise,
    x: Tensor,
    sigmas: Tensor,
    noise: Noise,
    eta: float,
    s_noise: float,
    correction: Callable[[Tensor], Tensor],
) -> Tensor:
    """Exponential integrator; ``correction(g)`` weighs the difference to the previous estimate."""
    _need_two_steps(sigmas)
    previous: Tensor | None = None
    last_h = torch.zeros(())
    for i in range(len(sigmas) - 1):
        sigma, target = sigmas[i], sigmas[i + 1]
        denoised = denoise(x, sigma)
        if target == 0:
            x = denoised
        else:
            h = sigma.log() - target.log()
            g = h + eta * h
            x = target / sigma * (-eta * h).exp() * x + -torch.expm1(-g) * denoised
            if previous is not None:
                x = x + correction(g) * (1 / (last_h / h)) * (denoised - previous)
            x = x + _fresh(noise, sigma, target, eta * h, s_noise)
            last_h = h
        previous = denoised
    return x


def dpmpp_3m_sde(
    denoise: Denoise, x: Tensor, sigmas: Tensor, noise: Noise, *, eta: float = 1.0, s_noise: float = 1.0
) -> Tensor:
    """DPM-Solver++(3M) SDE: third order from the two previous estimates."""
    _need_two_steps(sigmas)
    history: list[tuple[Tensor, Tensor]] = []  # (estimate, step in log sigma), newest first
    for i in range(len(sigmas) - 1):
        sigma, target = sigmas[i], sigmas[i + 1]
        denoised = denoise(x, sigma)
        if target == 0:
            x = denoised
            continue
        h = sigma.log() - target.log()
        g = h * (eta + 1)
        x = torch.exp(-g) * x + -torch.expm1(-g) * denoised
        for part in _higher_orders(denoised, history, h, g):
            x = x + part
        x = x + _fresh(noise, sigma, target, h * eta, s_noise)
        history = [(denoised, h), *history][:2]
    return x


def _higher_orders(
    denoised: Tensor, history: list[tuple[Tensor, Tensor]], h: Tensor, g: Tensor
) -> tuple[Tensor, ...]:
    """What one or two earlier estimates add to a first-order step, in the source's order of summing."""
    if not history:
        return ()
    phi_2 = torch.expm1(-g) / g + 1
    r0 = history[0][1] / h
    first = (denoised - history[0][0]) / r0
    if len(history) == 1:
        return (phi_2 * first,)
    r1 = history[1][1] / h
    second = (history[0][0] - history[1][0]) / r1
    phi_3 = phi_2 / g - 0.5
    d1 = first + (first - second) * r0 / (r0 + r1)
    d2 = (first - second) / (r0 + r1)
    return phi_2 * d1, -(phi_3 * d2)


def _fresh(noise: Noise, sigma: Tensor, target: Tensor, eta_h: Tensor, s_noise: float) -> Tensor:
    """The noise to add after a step; none is drawn where the share of noise is 0."""
    if not eta_h:
        return torch.zeros(())
    return noise(sigma, target) * target * (-torch.expm1(-2 * eta_h)).sqrt() * s_noise


def _need_two_steps(sigmas: Tensor) -> None:
    """The reference fails on a single step, so no picture of one exists."""
    if len(sigmas) < 3:
        raise MezzotintError("this SDE sampler needs 2 steps at least: raise steps")
