"""Several pictures of one request: which seed each one gets."""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from mezzotint.grammar.infotext.record import Infotext
from mezzotint.runtime.job import RenderSettings
from mezzotint.runtime.request import Request

MAX_SEED = 2**32 - 1


def batch(request: Request, count: int, size: int = 1) -> Iterator[Request]:
    """``count`` batches of ``size`` pictures, as requests of their own.

    The seeds count up over all of them, but with a variation only the variation's seed does. Every picture
    is sampled alone, so each comes back without its neighbours; the two samplers that look at their
    neighbours in the reference (DPM adaptive, whose step size is the batch's, and SDE samplers with one
    Brownian path for all) give here what they give for a batch of one.

    Source: stable-diffusion-webui ``modules/processing.py``.
    """
    for index in range(count * size):
        yield replace(request, settings=_numbered(request.settings, index, size))


def _numbered(settings: RenderSettings, index: int, size: int) -> RenderSettings:
    varies = settings.variation_strength != 0
    return replace(
        settings,
        seed=settings.seed if varies else settings.seed + index,
        variation_seed=settings.variation_seed + index if varies else settings.variation_seed,
        batch_size=size,
        batch_pos=index % size,
    )


def names_seed(infotext: Infotext | None, flags: tuple[Any, ...], settings: Mapping[str, Any]) -> bool:
    """Whether anything says which seed to use."""
    if settings.get("seed") is not None or (infotext is not None and "Seed" in infotext):
        return True
    return any(flag.name == "seed" and flag.value is not None for flag in flags)


def with_random_seed(request: Request) -> Request:
    """The request with a fresh 32-bit seed."""
    return replace(request, settings=replace(request.settings, seed=secrets.randbelow(MAX_SEED + 1)))
