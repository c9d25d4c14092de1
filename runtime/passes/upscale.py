"""Enlarging the first pass of "hires fix": its latents, or its picture.

Source: stable-diffusion-webui ``modules/shared_items.py``, ``modules/upscaler.py``, ``modules/images.py``.
"""

from collections.abc import Mapping
from typing import Any

from PIL import Image
from torch import Tensor
from torch.nn.functional import interpolate

from mezzotint.runtime.passes.settings import LATENT_UPSCALERS

_LANCZOS, _NEAREST = Image.Resampling.LANCZOS, Image.Resampling.NEAREST
_FILTERS: Mapping[str, Any] = {"Lanczos": _LANCZOS, "Nearest": _NEAREST}
_BILINEAR, _SMOOTH_BILINEAR, _BICUBIC, _SMOOTH_BICUBIC, _NEAR, _NEAR_EXACT = LATENT_UPSCALERS
_MODES: Mapping[str, tuple[str, bool]] = {
    _BILINEAR: ("bilinear", False),
    _SMOOTH_BILINEAR: ("bilinear", True),
    _BICUBIC: ("bicubic", False),
    _SMOOTH_BICUBIC: ("bicubic", True),
    _NEAR: ("nearest", False),
    _NEAR_EXACT: ("nearest-exact", False),
}


def upscale_latents(latents: Tensor, upscaler: str, size: tuple[int, int]) -> Tensor:
    """Enlarge ``(n, c, h, w)`` latents.

    Args:
        latents: of the first pass.
        upscaler: one of :data:`~mezzotint.runtime.passes.settings.LATENT_UPSCALERS`.
        size: height and width in latent cells.
    """
    mode, antialias = _MODES[upscaler]
    return interpolate(latents, size=size, mode=mode, antialias=antialias)


def upscale_image(image: Image.Image, upscaler: str, size: tuple[int, int]) -> Image.Image:
    """Enlarge an RGB picture.

    Args:
        image: of the first pass.
        upscaler: one of :data:`~mezzotint.runtime.passes.settings.PIXEL_UPSCALERS`.
        size: width and height in pixels. An upscaler knows factors only: it meets the larger one, and
            Lanczos' filter does the rest.
    """
    scale = max(size[0] / image.width, size[1] / image.height)
    if upscaler in _FILTERS and scale > 1.0:
        whole = (int(image.width * scale), int(image.height * scale))
        rounded = (int(image.width * scale // 8 * 8), int(image.height * scale // 8 * 8))
        image = _to(image.resize(whole, _FILTERS[upscaler]), rounded)
    return _to(image, size)


def _to(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    return image if image.size == size else image.resize(size, _LANCZOS)
