"""Image to image and inpainting: from a picture to what sampling starts from, and from its result back.

Source: stable-diffusion-webui ``modules/processing.py``. Two differences: the VAE's mean is taken instead
of a sample from a generator that the reference never seeds; and "latent noise" is each picture's own, where
the reference gives every batch of a job that of the first.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn.functional import interpolate

from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.job import RenderSettings
from mezzotint.runtime.passes import mask as masks
from mezzotint.runtime.passes.resize import cover, fit, resize
from mezzotint.runtime.passes.settings import LATENT_RESIZE, ImageSettings
from mezzotint.runtime.passes.source import Source
from mezzotint.runtime.sampling import Start


class ImageEncoder(Protocol):
    """A VAE's encoding half."""

    def encode_image(self, pixels: Tensor) -> Tensor:
        """``(1, 3, h, w)`` pixels of -1..1 to ``(1, c, h / 8, w / 8)`` latents of the network's scale."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A picture ready to be encoded.

    Attributes:
        image: RGB, of the size that is sampled, but for "latent upscale".
        mask: grey or RGB, of that size; ``None`` paints everything.
        overlay: RGBA, of the size of the final picture: what is laid over the result.
        box: where in the final picture the result goes; ``None`` is everywhere.
    """

    image: Image.Image
    mask: Image.Image | None = None
    overlay: Image.Image | None = None
    box: masks.Box | None = None


def image_settings(settings: RenderSettings) -> ImageSettings:
    """The settings of image to image.

    Raises:
        MezzotintError: there are none.
    """
    if settings.image is None:
        raise MezzotintError("a picture to start from needs a denoising strength: give one")
    return settings.image


def prepare(source: Source, settings: RenderSettings) -> Prepared:
    """Bring a picture and its mask to size, and paint what stands under the mask.

    Raises:
        MezzotintError: a mask cannot be combined with latent upscaling.
    """
    chosen, size = image_settings(settings), (settings.width, settings.height)
    image = flatten(source.image)
    if source.mask is None:
        return Prepared(
            image if chosen.resize_mode == LATENT_RESIZE else resize(image, size, chosen.resize_mode)
        )
    if chosen.resize_mode == LATENT_RESIZE:
        raise MezzotintError("a mask cannot be used with latent upscaling: choose another resize mode")
    mask = masks.read_mask(source.mask, chosen.mask)
    if not chosen.mask.only_masked:
        return _whole(resize(image, size, chosen.resize_mode), resize(mask, size, chosen.resize_mode), chosen)
    area = masks.masked_area(mask, chosen.mask.padding)
    if area is None:  # as the reference: nothing is masked, so there is no part to enlarge
        return Prepared(resize(image, size, chosen.resize_mode))
    return _part(image, mask, masks.widen(area, size, mask.size), size, chosen)


def flatten(image: Image.Image) -> Image.Image:
    """RGB, with what is transparent laid on white."""
    if image.mode != "RGBA":
        return image.convert("RGB")
    ground = Image.new("RGBA", image.size, "#ffffff")
    ground.paste(image, mask=image)
    return ground.convert("RGB")


def _whole(image: Image.Image, mask: Image.Image, chosen: ImageSettings) -> Prepared:
    hard = masks.hardened(mask.convert("L"))
    return Prepared(_content(image, mask, chosen), mask, masks.overlay(image, hard))


def _part(
    image: Image.Image, mask: Image.Image, box: masks.Box, size: tuple[int, int], chosen: ImageSettings
) -> Prepared:
    laid = mask if mask.size == image.size else resize(mask, image.size, chosen.resize_mode)
    part, part_mask = fit(image.crop(box), size), fit(mask.crop(box), size)
    return Prepared(_content(part, part_mask, chosen), part_mask, masks.overlay(image, laid), box)


def _content(image: Image.Image, mask: Image.Image, chosen: ImageSettings) -> Image.Image:
    # The latent contents replace the part below the mask later; the reference fills it all the same, and
    # what is filled bleeds into the cells around.
    return image if chosen.mask.content == "original" else masks.fill(image, mask)


def start(
    prepared: Prepared,
    settings: RenderSettings,
    encoder: ImageEncoder,
    noise: Callable[[], Tensor],
    device: str = "cpu",
) -> Start:
    """Encode a prepared picture.

    Args:
        prepared: of :func:`prepare`.
        settings: of the picture.
        encoder: of the model.
        noise: draws ``(1, c, h, w)`` for "latent noise": the seed's own, without any variation.
        device: of the encoder.
    """
    chosen = image_settings(settings)
    latents = encoder.encode_image(to_pixels(prepared.image).to(device)).float()
    if chosen.resize_mode == LATENT_RESIZE:
        latents = interpolate(latents, size=settings.latent_size, mode="bilinear")
    begin = Start(
        latents,
        chosen.strength,
        exact_steps=chosen.exact_steps,
        noise_multiplier=chosen.noise_multiplier,
        extra_noise=settings.extra_noise,
    )
    if prepared.mask is None:
        return begin
    paint = latent_mask(prepared.mask, (latents.shape[2], latents.shape[3])).to(latents)
    keep = 1.0 - paint
    if chosen.mask.content == "latent noise":
        latents = latents * keep + noise().to(latents) * paint
    elif chosen.mask.content == "latent nothing":
        latents = latents * keep
    return replace(begin, latents=latents, keep=keep)


def to_pixels(image: Image.Image) -> Tensor:
    """``(1, 3, h, w)`` float32 pixels of -1..1."""
    pixels = torch.from_numpy(np.asarray(image.convert("RGB")).astype(np.float32) / 255.0)
    return pixels.permute(2, 0, 1).unsqueeze(0) * 2 - 1


def latent_mask(mask: Image.Image, size: tuple[int, int]) -> Tensor:
    """A mask in latent cells: ``(h, w)`` float32 of 0 and 1, 1 where it is painted.

    Args:
        mask: grey or RGB.
        size: ``(h, w)``.
    """
    small = mask.convert("RGB").resize((size[1], size[0]), Image.Resampling.BICUBIC)
    shares = np.asarray(small, dtype=np.float32)[:, :, 0] / 255
    return torch.from_numpy(np.around(shares))  # halves go to the even neighbour, as in the reference


def finish(prepared: Prepared, image: Image.Image) -> Image.Image:
    """Lay what was not painted over the result, which goes back into its part of the picture first; RGB."""
    if prepared.overlay is None:
        return image
    if prepared.box is not None:
        left, top, right, bottom = prepared.box
        whole = Image.new("RGBA", prepared.overlay.size)
        whole.paste(cover(image, (right - left, bottom - top)), (left, top))
        image = whole
    image = image.convert("RGBA")
    image.alpha_composite(prepared.overlay)
    return image.convert("RGB")
