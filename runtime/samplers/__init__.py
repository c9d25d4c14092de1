"""Samplers: small pure functions, one style for each family; this module loads them by name.

Sigma family: ``sampler(denoise, x, sigmas, noise, **options) -> latents`` with

- ``denoise(x, sigma)``: the denoised estimate, ``x`` of any batch shape, ``sigma`` a 0-d float32 tensor;
- ``x``: the start, noise times the first sigma;
- ``sigmas``: ``(n + 1,)`` float32, falling;
- ``noise(sigma, sigma_next)``: unit-variance noise like ``x``; only Brownian noise reads the two sigmas.

Timestep family: ``sampler(predict, x, steps, noise, **options) -> latents`` with ``predict(x, t)`` the
predicted noise, ``x`` of unit variance and ``steps`` a :class:`mezzotint.runtime.timesteps.Timesteps`.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.sampler_table import SAMPLERS, SamplerInfo


def load_sampler(info: SamplerInfo) -> Callable[..., Any]:
    """Import a sampler's function.

    Raises:
        MezzotintError: the sampler is known, but not built yet.
    """
    function = _find(info)
    if function is None:
        built = ", ".join(other.name for other in SAMPLERS if _find(other) is not None)
        raise MezzotintError(f"sampler {info.name!r} is not built yet; available: {built}")
    return function


def _find(info: SamplerInfo) -> Callable[..., Any] | None:
    module, _, name = info.function.partition(":")
    full_name = f"{__name__}.{module}"
    try:
        return getattr(import_module(full_name), name, None)
    except ModuleNotFoundError as error:
        if error.name != full_name:
            raise
        return None
