"""What a mask does to the picture beneath it, before sampling and after.

Masks are 8-bit grey pictures, white where the picture is painted anew.

Source: stable-diffusion-webui ``modules/masking.py`` and ``modules/processing.py``.
"""

import numpy as np
from PIL import Image, ImageFilter, ImageOps

from mezzotint.runtime.passes.blur import blur
from mezzotint.runtime.passes.settings import MaskSettings

Box = tuple[int, int, int, int]
"""Left, top, right and bottom, in pixels; right and bottom are outside."""

_OPAQUE = 128
_FILL_BLURS = ((256, 1), (64, 1), (16, 2), (4, 4), (2, 2), (0, 1))  # radius in pixels, and how often


def read_mask(image: Image.Image, settings: MaskSettings) -> Image.Image:
    """A mask as the settings want it: of one channel, inverted and blurred.

    A picture with transparency is a mask by that alone, and then a hard one.
    """
    if image.mode == "RGBA" and image.getchannel("A").getextrema() != (255, 255):
        mask = image.getchannel("A").point([255 * (value > _OPAQUE) for value in range(256)])
    else:
        mask = image.convert("L")
    if settings.inverted:
        mask = ImageOps.invert(mask)
    return Image.fromarray(blur(np.asarray(mask), settings.blur)) if settings.blur else mask


def masked_area(mask: Image.Image, padding: int) -> Box | None:
    """The smallest box around all that is not black, and ``padding`` more; ``None`` for a black mask."""
    box = mask.getbbox()
    if box is None:
        return None
    left, top, right, bottom = box
    width, height = mask.size
    return (
        max(left - padding, 0),
        max(top - padding, 0),
        min(right + padding, width),
        min(bottom + padding, height),
    )


def widen(box: Box, proportions: tuple[int, int], bounds: tuple[int, int]) -> Box:
    """Widen a box to the proportions of the picture that is sampled, without leaving its own picture.

    Args:
        box: as :func:`masked_area` gives it.
        proportions: width and height.
        bounds: width and height of the picture that the box is in.
    """
    left, top, right, bottom = box
    ratio = proportions[0] / proportions[1]
    if (right - left) / (bottom - top) > ratio:
        top, bottom = _widened(top, bottom, (right - left) / ratio, bounds[1])
    else:
        left, right = _widened(left, right, (bottom - top) * ratio, bounds[0])
    return left, top, right, bottom


def _widened(low: int, high: int, wanted: float, bound: int) -> tuple[int, int]:
    """An interval of about ``wanted``, around its old middle if there is room, else moved inside."""
    more = int(wanted - (high - low))
    low, high = low - more // 2, high + more - more // 2
    if high >= bound:
        low, high = low - (high - bound), bound
    if low < 0:
        low, high = 0, high - low
    return low, min(high, bound)


def fill(image: Image.Image, mask: Image.Image) -> Image.Image:
    """Paint over the masked part with colours that bleed in from around it; RGB."""
    around = _without(image, mask)
    result = Image.new("RGBA", image.size)
    for radius, times in _FILL_BLURS:
        blurred = around.filter(ImageFilter.GaussianBlur(radius)).convert("RGBA")
        for _ in range(times):
            result.alpha_composite(blurred)
    return result.convert("RGB")


def overlay(image: Image.Image, mask: Image.Image) -> Image.Image:
    """What is laid over the finished picture: the original, transparent where it was painted anew; RGBA."""
    return _without(image, mask).convert("RGBA")


def hardened(mask: Image.Image) -> Image.Image:
    """The mask of the overlay: twice as bright, so that half-masked pixels are all the model's."""
    return mask.point([min(2 * value, 255) for value in range(256)])


def _without(image: Image.Image, mask: Image.Image) -> Image.Image:
    """The picture with what is masked taken out, colours premultiplied."""
    result = Image.new("RGBa", image.size)
    result.paste(image.convert("RGBA").convert("RGBa"), mask=ImageOps.invert(mask.convert("L")))
    return result
