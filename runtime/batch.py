"""Several pictures of one request: which seed each one gets."""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from mezzotint.grammar.infotext.record import Infotext
from mezzotint.runtime.fields import is_random
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


def with_seeds(
    request: Request, infotext: Infotext | None, flags: tuple[Any, ...], settings: Mapping[str, Any]
) -> Request:
    """The request with a fresh 32-bit seed in the place of one that nothing names, of the variation as well.

    Args:
        request: as it was read.
        infotext: that it comes from, if it is one's.
        flags: Midjourney's.
        settings: fields of :class:`RenderSettings` that were given beside them.
    """
    is_flagged = any(flag.name == "seed" and flag.value is not None for flag in flags)
    names = {"Seed": "seed"} if not is_flagged else {}
    if request.settings.variation_strength:
        names["Variation seed"] = "variation_seed"
    fresh: dict[str, Any] = {
        name: secrets.randbelow(MAX_SEED + 1)
        for key, name in names.items()
        if settings.get(name) is None and (infotext is None or is_random(infotext.get(key)))
    }
    return replace(request, settings=replace(request.settings, **fresh)) if fresh else request
