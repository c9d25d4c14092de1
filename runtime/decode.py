"""Latents to pixels."""

from typing import Protocol

import torch
from PIL import Image
from torch import Tensor

from mezzotint.grammar.errors import MezzotintError


class Decoder(Protocol):
    """A VAE's decoding half."""

    def decode(self, latents: Tensor) -> Tensor:
        """``(1, c, h, w)`` latents of the VAE's own scale to ``(1, 3, 8h, 8w)`` pixels, about -1..1."""
        ...


def to_bytes(decoded: Tensor) -> Tensor:
    """Clamp and quantise pixels: -1..1 to uint8, any shape.

    Fractions are cut off, not rounded: only 1.0 itself becomes 255.
    Source: stable-diffusion-webui ``modules/processing.py``.
    """
    unit = torch.clamp((decoded.float() + 1.0) / 2.0, min=0.0, max=1.0)
    return (255.0 * unit).to(torch.uint8)


def to_image(pixels: Tensor) -> Image.Image:
    """Make a picture of ``(3, h, w)`` uint8 pixels."""
    return Image.fromarray(pixels.permute(1, 2, 0).contiguous().cpu().numpy(), "RGB")


def decode_image(decoder: Decoder, latents: Tensor) -> Image.Image:
    """Decode one picture.

    Args:
        decoder: of the model that made the latents.
        latents: ``(1, c, h, w)``, in the decoder's scale.

    Raises:
        MezzotintError: the latents hold a NaN, so that there is no picture.
    """
    if torch.isnan(latents).any():
        raise MezzotintError("sampling ended in not-a-number: use more steps, or another sampler or schedule")
    return to_image(to_bytes(decoder.decode(latents)[0]))
