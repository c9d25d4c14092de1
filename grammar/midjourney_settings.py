"""What the flags of a Midjourney prompt mean to other models.

Code: MZ019 a flag that has no meaning here.

Source: Midjourney's documentation for the flags; the mapping is our own.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from mezzotint.grammar.diagnostics import Diagnostic, Severity
from mezzotint.grammar.midjourney import Flag, Tail

STEP = 8  # latent diffusion models need sides that are multiples of it
MIN_SIDE = 64
MAX_RATIO = 8.0  # beyond it one side would be too short for a picture

_USED = frozenset({"aspect", "seed", "no", "tile", "width", "height"})


@dataclass(frozen=True, slots=True)
class TailSettings:
    """Settings in neutral terms; None and empty where the flags say nothing.

    ``size`` is width and height in pixels. ``negative`` are the terms of all ``--no``.
    """

    size: tuple[int, int] | None = None
    seed: int | None = None
    negative: tuple[str, ...] = ()
    tiling: bool = False
    diagnostics: tuple[Diagnostic, ...] = ()


def tail_settings(flags: Iterable[Flag], base: tuple[int, int] = (512, 512)) -> TailSettings:
    """Map flags to settings. ``base`` is the size in pixels whose area an aspect ratio keeps."""
    flags = tuple(flags)
    values = Tail("", flags).values()
    size = None
    match values.get("aspect"), values.get("width"), values.get("height"):
        case _, int(width), int(height):
            size = _to_step(width), _to_step(height)
        case (int(width), int(height)), _, _:
            size = fit_ratio(width, height, base)
    seed, terms = values.get("seed"), values.get("no", ())
    return TailSettings(
        size=size,
        seed=seed if isinstance(seed, int) else None,
        negative=tuple(t for t in terms if isinstance(t, str)) if isinstance(terms, tuple) else (),
        tiling=values.get("tile") is True,
        diagnostics=tuple(
            _meaningless(flag) for flag in flags if flag.name not in _USED and flag.value is not None
        ),
    )


def _meaningless(flag: Flag) -> Diagnostic:
    message = f'"--{flag.name}" has no meaning outside Midjourney and changes nothing here'
    return Diagnostic("MZ019", message, flag.span, Severity.INFO, "remove it, or keep it as a note")


def _to_step(side: float) -> int:
    return max(MIN_SIDE, round(side / STEP) * STEP)


def fit_ratio(width: int, height: int, base: tuple[int, int] = (512, 512)) -> tuple[int, int]:
    """The size in pixels that has about this ratio and about the area of ``base``, in steps of 8.

    Of the sizes around the exact one it is the one with the least error, where an error of the ratio counts
    twice as much as one of the area, both on a logarithmic scale so that 16:9 and 9:16 are treated alike.
    Ratios beyond 8:1 become 8:1.
    """
    ratio = min(max(width / height, 1 / MAX_RATIO), MAX_RATIO)
    area = base[0] * base[1]
    exact = math.sqrt(area * ratio), math.sqrt(area / ratio)
    steps = [{math.floor(side / STEP), math.ceil(side / STEP)} for side in exact]
    sizes = [
        (max(MIN_SIDE, w * STEP), max(MIN_SIDE, h * STEP)) for w in sorted(steps[0]) for h in sorted(steps[1])
    ]

    def error(size: tuple[int, int]) -> float:
        return 2 * abs(math.log(size[0] / size[1] / ratio)) + abs(math.log(size[0] * size[1] / area))

    return min(sizes, key=error)
