"""Bringing a picture to the size of the latents, in the reference's three ways.

Source: stable-diffusion-webui ``modules/images.py``.
"""

from PIL import Image

from mezzotint.runtime.passes.settings import RESIZE_MODES

_JUST, _CROP, FILL, _ = RESIZE_MODES
Size = tuple[int, int]
_LANCZOS = Image.Resampling.LANCZOS


def resize(image: Image.Image, size: Size, mode: str = _JUST) -> Image.Image:
    """Resize with Lanczos' filter.

    Args:
        image: any mode.
        size: width and height in pixels.
        mode: one of :data:`~mezzotint.runtime.passes.settings.RESIZE_MODES`: stretched; covering, what
            overlaps being cut off; or fitted in, the margins being filled with the rows or columns at
            the edge.

    Returns:
        RGB, but stretching keeps the mode.
    """
    if mode == _CROP:
        return cover(image, size)
    if mode == FILL:
        return fit(image, size)
    return image.resize(size, _LANCZOS)


def cover(image: Image.Image, size: Size) -> Image.Image:
    """Resize so that ``size`` is covered, and crop to the middle; RGB."""
    wide = size[0] / size[1] > image.width / image.height
    return _centred(image.resize(_scaled(image, size, by_width=wide), _LANCZOS), size)


def fit(image: Image.Image, size: Size) -> Image.Image:
    """Resize so that all of the picture is inside ``size``, and stretch its edges over the margins; RGB."""
    ratio, source_ratio = size[0] / size[1], image.width / image.height
    inner = image.resize(_scaled(image, size, by_width=ratio < source_ratio), _LANCZOS)
    result = _centred(inner, size)
    width, height = size
    if ratio < source_ratio and (margin := height // 2 - inner.height // 2) > 0:
        for edge, top in ((0, 0), (inner.height, margin + inner.height)):
            result.paste(inner.resize((width, margin), box=(0, edge, width, edge)), (0, top))
    if ratio > source_ratio and (margin := width // 2 - inner.width // 2) > 0:
        for edge, left in ((0, 0), (inner.width, margin + inner.width)):
            result.paste(inner.resize((margin, height), box=(edge, 0, edge, height)), (left, 0))
    return result


def _scaled(image: Image.Image, size: Size, *, by_width: bool) -> Size:
    """The picture's size when one side is met and its proportions are kept."""
    width, height = size
    if by_width:
        return width, max(1, image.height * width // image.width)
    return max(1, image.width * height // image.height), height


def _centred(image: Image.Image, size: Size) -> Image.Image:
    result = Image.new("RGB", size)
    result.paste(image, (size[0] // 2 - image.width // 2, size[1] // 2 - image.height // 2))
    return result
