"""How large the second pass is, and what is cut off its edges."""

from dataclasses import dataclass

from mezzotint.runtime.passes.settings import HiresSettings


@dataclass(frozen=True, slots=True)
class Target:
    """What the first pass is enlarged to.

    Attributes:
        width, height: pixels to enlarge to, which need not be whole latent cells.
        crop_x, crop_y: latent cells to cut off afterwards, over both edges together.
    """

    width: int
    height: int
    crop_x: int = 0
    crop_y: int = 0


def target(width: int, height: int, hires: HiresSettings) -> Target:
    """The target of a first pass of ``width`` x ``height`` pixels.

    Two sides that are asked for are covered: one is met, the other overlaps and is cropped.

    Source: stable-diffusion-webui ``modules/processing.py``.
    """
    to_x, to_y = hires.resize
    if not (to_x or to_y):
        return Target(int(width * hires.scale), int(height * hires.scale))
    by_width = to_y == 0 or (to_x != 0 and width / height < to_x / to_y)
    full_x, full_y = (to_x, to_x * height // width) if by_width else (to_y * width // height, to_y)
    if not (to_x and to_y):
        return Target(full_x, full_y)
    return Target(full_x, full_y, (full_x - to_x) // 8, (full_y - to_y) // 8)
