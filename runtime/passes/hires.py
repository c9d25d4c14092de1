"""Hires fix: sample small, enlarge, and sample again from there.

Source: stable-diffusion-webui ``modules/processing.py``. One difference: where an upscaler works on pixels,
the VAE's mean is taken instead of a sample from a generator that the reference never seeds.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import torch
from torch import Tensor

from mezzotint.compiler.conditioning.types import Conditioning
from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.decode import Decoder, to_bytes, to_image
from mezzotint.runtime.job import RenderSettings
from mezzotint.runtime.noise import BatchNoise
from mezzotint.runtime.passes.image_to_image import ImageEncoder, to_pixels
from mezzotint.runtime.passes.infotext import hires_resolved
from mezzotint.runtime.passes.settings import LATENT_UPSCALERS, HiresSettings
from mezzotint.runtime.passes.target import Target, target
from mezzotint.runtime.passes.upscale import upscale_image, upscale_latents
from mezzotint.runtime.sampling import Denoising, Handover, OnDenoised, Start, sample_latents
from mezzotint.runtime.watch import OnStep


class Codec(Decoder, ImageEncoder, Protocol):
    """Both halves of a VAE."""


@dataclass(frozen=True, slots=True, eq=False)
class Pass:
    """What the two passes differ in, but for their settings.

    Attributes:
        conditioning: the encoded prompts.
        noise: of some images, from fresh generators, for latents of ``(h, w)`` cells.
        empty, handover: see :func:`mezzotint.runtime.sampling.sample_latents`.
    """

    conditioning: Conditioning
    noise: Callable[[tuple[int, int]], BatchNoise]
    empty: Tensor | None = None
    handover: Handover | None = None


def hires_settings(settings: RenderSettings) -> HiresSettings:
    """The settings of the second pass.

    Raises:
        MezzotintError: there is none.
    """
    if settings.hires is None:
        raise MezzotintError("there is no second pass: give hires settings")
    return settings.hires


def second_settings(settings: RenderSettings) -> RenderSettings:
    """A picture's settings as its second pass uses them: with that pass's steps, sampler and schedule.

    Width and height stay the first pass's; the second takes its size from its latents.
    """
    hires = hires_settings(settings)
    resolved = hires_resolved(hires, settings.resolved)
    return replace(
        settings,
        steps=hires.steps or settings.steps,
        sampler=resolved.sampler.name,
        scheduler=resolved.scheduler,
        hires=None,
    )


def second_start(
    latents: Tensor, settings: RenderSettings, codec: Codec, encoder: ImageEncoder | None = None
) -> Start:
    """Enlarge the first pass to what the second starts from.

    Args:
        latents: ``(n, c, h, w)`` of the first pass, in the network's scale.
        settings: of the picture.
        codec: used if the upscaler works on pixels.
        encoder: encodes what ``codec`` has decoded, if that was a refiner.
    """
    hires = hires_settings(settings)
    goal = target(settings.width, settings.height, hires)
    if hires.upscaler in LATENT_UPSCALERS:
        large = upscale_latents(latents, hires.upscaler, (goal.height // 8, goal.width // 8))
    else:
        images = latents.chunk(len(latents))
        large = torch.cat([_upscaled_by_pixels(one, hires, goal, codec, encoder or codec) for one in images])
    return Start(_cropped(large, goal), hires.strength, exact_steps=True, extra_noise=settings.extra_noise)


def sample_second(
    denoising: Denoising,
    second: Pass,
    settings: RenderSettings,
    start: Start,
    *,
    on_step: OnStep | None = None,
    on_denoised: OnDenoised | None = None,
) -> Tensor:
    """Sample the second pass: ``(n, c, h, w)`` latents like those of ``start``.

    Its noise begins anew: the same seeds, in the new shape.
    """
    height, width = start.latents.shape[2:]
    return sample_latents(
        denoising,
        second.conditioning,
        second_settings(settings),
        second.noise((height, width)),
        start=start,
        empty=second.empty,
        handover=second.handover,
        on_step=on_step,
        on_denoised=on_denoised,
    )


def _upscaled_by_pixels(
    latents: Tensor, hires: HiresSettings, goal: Target, decoder: Decoder, encoder: ImageEncoder
) -> Tensor:
    small = to_image(to_bytes(decoder.decode(latents)[0]))
    large = upscale_image(small, hires.upscaler, (goal.width, goal.height))
    return encoder.encode_image(to_pixels(large).to(latents)).to(latents)


def _cropped(latents: Tensor, goal: Target) -> Tensor:
    """Cut cells off the edges; of an odd number the right and the bottom lose one more."""
    height, width = latents.shape[2:]
    rows = slice(goal.crop_y // 2, height - (goal.crop_y + 1) // 2)
    columns = slice(goal.crop_x // 2, width - (goal.crop_x + 1) // 2)
    return latents[:, :, rows, columns]
