"""A fingerprint of the pixels of a picture, whatever file they are in."""

import hashlib
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image

from mezzotint.runtime.metadata.record import MetadataError

MAX_PIXELS = 1 << 26  # 8192 x 8192: larger than anything we render
# Pillow's ways to say: damaged or unknown.
_DAMAGED = (OSError, ValueError, SyntaxError, RuntimeError, EOFError, struct.error)
_ROWS = 256  # at a time, so that a large picture is never held twice


def digest_pixels(image: Image.Image, *, max_pixels: int = MAX_PIXELS) -> str:
    """SHA-256 of the mode, the size and the 8-bit samples, row by row, in hexadecimal.

    Pictures that can be transparent are digested as RGBA, all others as RGB, so a palette does not matter.

    Raises:
        MetadataError: more than ``max_pixels``, or than Pillow's ``Image.MAX_IMAGE_PIXELS``.
    """
    _check_size(image, max_pixels)
    width, height = image.size
    mode = "RGBA" if image.has_transparency_data else "RGB"
    digest = hashlib.sha256(f"{mode} {width}x{height}\n".encode())
    for top in range(0, height, _ROWS):
        strip = image.crop((0, top, width, min(top + _ROWS, height)))
        digest.update(strip.convert(mode).tobytes())
    return digest.hexdigest()


@contextmanager
def open_image(path: str | Path, *, max_pixels: int = MAX_PIXELS) -> Iterator[Image.Image]:
    """A picture file, its size checked before anything is decoded; what Pillow finds wrong is told in words.

    Raises:
        MetadataError: too many pixels, or a file that Pillow cannot read.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about parts of a file that are not its pixels
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as image:
                _check_size(image, max_pixels)
                yield image
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise MetadataError(f"{path} has too many pixels; scale it down") from error
    except _DAMAGED as error:
        raise MetadataError(f"cannot decode {path}; fetch or save the picture again") from error


def digest_file(path: str | Path, *, max_pixels: int = MAX_PIXELS) -> str:
    """:func:`digest_pixels` of a picture file.

    Raises:
        MetadataError: too many pixels, or a file that Pillow cannot read.
    """
    with open_image(path, max_pixels=max_pixels) as image:
        return digest_pixels(image, max_pixels=max_pixels)


def _check_size(image: Image.Image, max_pixels: int) -> None:
    limit = min(max_pixels, Image.MAX_IMAGE_PIXELS or max_pixels)
    if image.width * image.height > limit:
        raise MetadataError(f"{image.width} x {image.height} pixels are more than {limit}; scale it down")
