"""How alike two pictures look."""

from typing import Any

from PIL import Image

WINDOW = 11  # pixels
_SIGMA = 1.5  # of the Gaussian window, in pixels
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
_ROWS = 256  # at a time: large pictures are never held as floats


def ssim(first: Image.Image, second: Image.Image) -> float | None:
    """The mean structural similarity of two pictures of one size in grey: 1 is the same.

    Returns:
        ``None`` where numpy is missing, or the pictures are smaller than the window.

    Raises:
        ValueError: the sizes differ.

    Source: Wang, Bovik, Sheikh and Simoncelli, "Image quality assessment: from error visibility to
    structural similarity", 2004, with its constants and its Gaussian window of 11 x 11 pixels.
    """
    if first.size != second.size:
        raise ValueError(f"sizes {first.size} and {second.size} differ")
    try:
        import numpy as np
    except ImportError:
        return None
    if min(first.size) < WINDOW:
        return None
    total, count = 0.0, 0
    grey = first.convert("L"), second.convert("L")
    for top in range(0, first.height - WINDOW + 1, _ROWS):
        box = (0, top, first.width, min(top + _ROWS + WINDOW - 1, first.height))
        similarity = _similarity(*(np.asarray(image.crop(box), dtype=np.float64) for image in grey))
        total, count = total + float(similarity.sum()), count + similarity.size
    return total / count


def _similarity(x: Any, y: Any) -> Any:
    """One value for each window that lies inside; arrays ``(rows, columns)`` of grey levels."""
    mean_x, mean_y = _blurred(x), _blurred(y)
    spread_x = _blurred(x * x) - mean_x**2
    spread_y = _blurred(y * y) - mean_y**2
    common = _blurred(x * y) - mean_x * mean_y
    above = (2 * mean_x * mean_y + _C1) * (2 * common + _C2)
    return above / ((mean_x**2 + mean_y**2 + _C1) * (spread_x + spread_y + _C2))


def _blurred(values: Any) -> Any:
    """The Gaussian mean of each window, first down and then across."""
    import numpy as np

    distance = np.arange(WINDOW) - WINDOW // 2
    window = np.exp(-(distance**2) / (2 * _SIGMA**2))
    window /= window.sum()
    rows, columns = values.shape[0] - WINDOW + 1, values.shape[1] - WINDOW + 1
    down = sum(weight * values[at : at + rows] for at, weight in enumerate(window))
    return sum(weight * down[:, at : at + columns] for at, weight in enumerate(window))
