"""Gaussian blur of 8-bit masks, with OpenCV's integer arithmetic."""

import math

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]


def kernel(sigma: float) -> list[int]:
    """A Gaussian as whole 256ths that sum to 256; it reaches 2.5 standard deviations to each side.

    What rounding one weight loses goes to the next one inwards, and the rest to the middle.

    Source: OpenCV ``modules/imgproc/src/smooth.dispatch.cpp``, the kernel of its bit-exact 8-bit path; the
    reach is stable-diffusion-webui's.
    """
    half = int(2.5 * sigma + 0.5)
    values = [math.exp((i - half) ** 2 * -0.5 / sigma**2) for i in range(half)]
    total = 2 * sum(values) + 1
    error, side = 0.0, []
    for value in values:
        wanted = value / total * 256 + error
        side.append(round(wanted))
        error = wanted - side[-1]
    return [*side, 256 - 2 * sum(side), *reversed(side)]


def blur(mask: Bytes, sigma: int) -> Bytes:
    """Blur along rows, round to bytes, then blur along columns.

    Args:
        mask: ``(height, width)`` uint8.
        sigma: standard deviation in pixels, at least 1.

    Source: ``cv2.GaussianBlur`` of OpenCV 4.10 (equal to the last bit for sigmas of 1 to 64), as
    stable-diffusion-webui calls it: once for each axis, mirrored at the edges.
    """
    return _along_rows(_along_rows(mask, sigma).T, sigma).T


def _along_rows(mask: Bytes, sigma: int) -> Bytes:
    width = mask.shape[1]
    if width == 1:
        return mask
    weights = kernel(sigma)
    half = len(weights) // 2
    padded = np.pad(mask.astype(np.int64), ((0, 0), (half, half)), mode="reflect")
    total = sum(weight * padded[:, i : i + width] for i, weight in enumerate(weights))
    return ((np.asarray(total) + 128) >> 8).astype(np.uint8)
