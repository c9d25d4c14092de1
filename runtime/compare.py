"""How far two pictures are apart."""

import math
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops, ImageStat

from mezzotint.runtime.metadata.digest import open_image
from mezzotint.runtime.ssim import ssim

ROUNDING_LEVELS, ROUNDING_SHARE = 1, 0.005
"""How far pictures may be apart that differ in rounding alone: grey levels, and the share of values.

Cutting off to 8 bits turns the last bit of a float into a grey level. The conformance suites allow no more.
"""

EQUAL_PSNR, EQUAL_SSIM, EQUAL_LEVELS = 40.0, 0.99, 16
"""How far pictures may be apart that look the same: PSNR in dB and SSIM at least, grey levels at most.

At 40 dB the values are apart by 2.5 levels in the root mean square, which is taken for invisible in pictures
of 8 bits. SSIM sees structure that is lost in a part of the picture, and the largest difference, 1/16 of
the range, a spot that both averages would hide.
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """Between two pictures, over the three channels of every pixel.

    Attributes:
        sizes: width and height of both, in pixels.
        levels: the largest difference, in grey levels of 0..255.
        bytes: how many of the channel values differ.
        total: how many there are.
        psnr: peak signal-to-noise ratio in dB; infinite for equal pictures, 0 for unequal sizes.
        ssim: structural similarity, 1 for equal pictures; ``None`` where it cannot be told, see
            :func:`mezzotint.runtime.ssim.ssim`.
    """

    sizes: tuple[tuple[int, int], tuple[int, int]]
    levels: int
    bytes: int
    total: int
    psnr: float
    ssim: float | None = None

    @property
    def is_none(self) -> bool:
        """Whether the pictures are the same, pixel for pixel."""
        return self.sizes[0] == self.sizes[1] and self.bytes == 0

    @property
    def share(self) -> float:
        """The share of the values that differ, 0..1."""
        return self.bytes / self.total

    @property
    def is_rounding(self) -> bool:
        """Whether no more differs than another order of summing changes."""
        return self.levels <= ROUNDING_LEVELS and self.share <= ROUNDING_SHARE

    @property
    def is_invisible(self) -> bool:
        """Whether the pictures look the same; what cannot be told does not count."""
        alike = self.ssim is None or self.ssim >= EQUAL_SSIM
        return alike and self.psnr >= EQUAL_PSNR and self.levels <= EQUAL_LEVELS


def open_picture(path: str | Path) -> Image.Image:
    """The pixels of a picture file as RGB.

    Raises:
        MetadataError: too many pixels, or a file that Pillow cannot read.
    """
    with open_image(path) as image:
        return image.convert("RGB")


def compare(first: Image.Image, second: Image.Image) -> Difference:
    """Compare two RGB pictures."""
    sizes = (first.size, second.size)
    total = first.width * first.height * 3
    if first.size != second.size:
        return Difference(sizes, 255, total, total, 0.0)
    distance = ImageChops.difference(first, second)
    histogram = distance.histogram()  # 256 counts for each of the three channels
    equal = histogram[0] + histogram[256] + histogram[512]
    if equal == total:
        return Difference(sizes, 0, 0, total, math.inf, 1.0)
    levels = max(high for _, high in distance.getextrema())  # type: ignore[misc]
    error = sum(ImageStat.Stat(distance).sum2) / total
    psnr = 10 * math.log10(255**2 / error)
    return Difference(sizes, int(levels), total - equal, total, psnr, ssim(first, second))
