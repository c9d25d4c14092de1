"""How far two pictures are apart."""

import math
import warnings
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops, ImageStat

from mezzotint.runtime.metadata.digest import MAX_PIXELS
from mezzotint.runtime.metadata.record import MetadataError


@dataclass(frozen=True, slots=True)
class Difference:
    """Between two pictures, over the three channels of every pixel.

    Attributes:
        sizes: width and height of both, in pixels.
        levels: the largest difference, in grey levels of 0..255.
        bytes: how many of the channel values differ.
        total: how many there are.
        psnr: peak signal-to-noise ratio in dB; infinite for equal pictures, 0 for unequal sizes.
    """

    sizes: tuple[tuple[int, int], tuple[int, int]]
    levels: int
    bytes: int
    total: int
    psnr: float

    @property
    def is_none(self) -> bool:
        """Whether the pictures are the same, pixel for pixel."""
        return self.sizes[0] == self.sizes[1] and self.bytes == 0


def open_picture(path: str | Path, max_pixels: int = MAX_PIXELS) -> Image.Image:
    """The pixels of a picture file as RGB; its size is checked before anything is decoded.

    Raises:
        MetadataError: too many pixels, or a file that Pillow cannot read.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as image:
                if image.width * image.height > max_pixels:
                    raise MetadataError(f"{path} has more than {max_pixels} pixels; scale it down")
                return image.convert("RGB")
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise MetadataError(f"{path} has too many pixels; scale it down") from error
    except (OSError, ValueError, SyntaxError) as error:  # Pillow's ways to say: damaged or unknown
        raise MetadataError(f"cannot decode {path}; it must be a whole picture") from error


def compare(first: Image.Image, second: Image.Image) -> Difference:
    """Compare two RGB pictures."""
    sizes = (first.size, second.size)
    total = first.width * first.height * 3
    if first.size != second.size:
        return Difference(sizes, 255, total, total, 0.0)
    distance = ImageChops.difference(first, second)
    histogram = distance.histogram()  # 256 counts for each of the three channels
    equal = histogram[0] + histogram[256] + histogram[512]
    levels = max(high for _, high in distance.getextrema())  # type: ignore[misc]
    error = sum(ImageStat.Stat(distance).sum2) / total
    psnr = math.inf if error == 0 else 10 * math.log10(255**2 / error)
    return Difference(sizes, int(levels), total - equal, total, psnr)
