"""The noise of one image: its start, and what samplers ask for on the way."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.brownian import BrownianNoise
from mezzotint.runtime.rng import Generator, make_generator

Shape = tuple[int, int, int]


def slerp(low: Tensor, high: Tensor, weight: float) -> Tensor:
    """Turn ``low`` towards ``high`` by ``weight`` (0..1) along a great circle.

    Args:
        low: ``(channels, height, width)`` float32.
        high: the same shape.
        weight: the share of ``high``; not clamped.

    Returns:
        ``(channels, height, width)``. Angles are measured along the *height* axis, for every channel and
        column on its own: the source means the channel axis but has no batch axis here.

    Source: stable-diffusion-webui ``modules/rng.py``, reversed weights of the near-parallel case included.
    """
    low_unit = low / torch.norm(low, dim=1, keepdim=True)
    high_unit = high / torch.norm(high, dim=1, keepdim=True)
    dot = (low_unit * high_unit).sum(1)  # (channels, width)
    if dot.mean() > 0.9995:
        return low * weight + high * (1 - weight)
    omega = torch.acos(dot)
    sine = torch.sin(omega)
    low_share = (torch.sin((1.0 - weight) * omega) / sine).unsqueeze(1)
    high_share = (torch.sin(weight * omega) / sine).unsqueeze(1)
    return low_share * low + high_share * high


def paste_centred(small: Tensor, onto: Tensor) -> Tensor:
    """Copy ``small`` into the middle of ``onto``, cropping what sticks out; both ``(channels, h, w)``."""
    result = onto.clone()
    dx = (onto.shape[2] - small.shape[2]) // 2  # floors: an odd difference leaves more on the right
    dy = (onto.shape[1] - small.shape[1]) // 2
    width = small.shape[2] if dx >= 0 else small.shape[2] + 2 * dx
    height = small.shape[1] if dy >= 0 else small.shape[1] + 2 * dy
    left, top, skip_x, skip_y = max(dx, 0), max(dy, 0), max(-dx, 0), max(-dy, 0)
    source = small[:, skip_y : skip_y + height, skip_x : skip_x + width]
    result[:, top : top + height, left : left + width] = source
    return result


@dataclass(frozen=True, slots=True)
class NoiseSettings:
    """What decides an image's noise.

    Attributes:
        seed: 0..2^64-1.
        source: ``CPU``, ``NV`` or ``GPU``, for the initial noise.
        sampler_source: the same for the draws after it; ``None`` is "as ``source``, and one stream".
        variation_seed: what ``variation_strength`` (0 is off) mixes in.
        variation_strength: see :func:`slerp`.
        ensd: "eta noise seed delta", added to the seed for the draws after the first; 0 is off.
        seed_resize: ``(height, width)`` in latent cells that the noise is drawn in first, or ``None``.
    """

    seed: int
    source: str = "CPU"
    sampler_source: str | None = None
    variation_seed: int = 0
    variation_strength: float = 0.0
    ensd: int = 0
    seed_resize: tuple[int, int] | None = None


class ImageNoise:
    """Noise of one image, drawn in the reference's order; call :meth:`first`, then :meth:`next`.

    Args:
        shape: ``(channels, height, width)`` in latent cells.
        settings: see :class:`NoiseSettings`.

    Source: stable-diffusion-webui ``modules/rng.py``.
    """

    def __init__(self, shape: Shape, settings: NoiseSettings) -> None:
        self.shape = shape
        self.settings = settings
        self._generator = make_generator(settings.source, settings.seed)

    def first(self) -> Tensor:
        """Draw the initial noise: ``(channels, height, width)`` float32 of unit variance."""
        settings = self.settings
        resize = settings.seed_resize
        small = self.shape if resize is None else (self.shape[0], *resize)
        resized = small != self.shape
        noise = self._fresh(settings.seed).randn(small) if resized else self._generator.randn(self.shape)
        if settings.variation_strength != 0:
            other = self._fresh(settings.variation_seed).randn(small)
            noise = slerp(noise, other, settings.variation_strength)
        if resized:
            noise = paste_centred(noise, self._generator.randn(self.shape))
        self._start_following_draws()
        return noise

    def next(self) -> Tensor:
        """Draw the sampler's next noise, of the same shape."""
        return self._generator.randn(self.shape)

    def _fresh(self, seed: int) -> Generator:
        return make_generator(self.settings.source, seed)

    def _start_following_draws(self) -> None:
        settings = self.settings
        source = settings.sampler_source or settings.source
        if settings.ensd:
            self._generator = make_generator(source, _shifted(settings.seed, settings.ensd))
        elif settings.sampler_source is not None:
            self._generator = make_generator(source, settings.seed)


def _shifted(seed: int, delta: int) -> int:
    if not 0 <= seed + delta < 2**64:
        raise MezzotintError(f"seed {seed} plus ENSD {delta} is out of range: choose a smaller ENSD")
    return seed + delta


class BatchNoise:
    """The noise of several images side by side; each draws as if it were alone.

    Args:
        images: at least one, all of one shape.
        device: where the noise is wanted; it is always drawn on the CPU.
    """

    def __init__(self, images: Sequence[ImageNoise], device: str = "cpu") -> None:
        self.images, self.device = tuple(images), device

    def first(self) -> Tensor:
        """Draw the initial noise: ``(n, channels, height, width)``."""
        return torch.stack([image.first() for image in self.images]).to(self.device)

    def next(self, _sigma: Tensor, _sigma_next: Tensor) -> Tensor:
        """Draw the next noise; where from and where to makes no difference."""
        return torch.stack([image.next() for image in self.images]).to(self.device)

    def brownian(self, sigma_min: float, sigma_max: float) -> Callable[[Tensor, Tensor], Tensor]:
        """Noise between two sigmas, one Brownian path for each image; ENSD and variations do not reach it."""
        trees = [
            BrownianNoise(
                sigma_min,
                sigma_max,
                image.shape,
                image.settings.seed,
                image.settings.sampler_source or image.settings.source,
            )
            for image in self.images
        ]
        return lambda sigma, sigma_next: torch.stack([t(sigma, sigma_next) for t in trees]).to(self.device)

    def shared_brownian(self, sigma_min: float, sigma_max: float) -> Callable[[Tensor, Tensor], Tensor]:
        """One Brownian path for the whole batch, seeded by the next number of the last image's CPU stream.

        Source: k-diffusion ``sample_dpmpp_sde`` without a noise sampler, as called by the web UI.
        """
        stream = torch.Generator("cpu").manual_seed(self.images[-1].settings.seed)
        entropy = int(torch.randint(0, 2**63 - 1, (), generator=stream))
        shape = (len(self.images), *self.images[0].shape)
        tree = BrownianNoise(sigma_min, sigma_max, shape, entropy, self.images[-1].settings.source)
        return lambda sigma, sigma_next: tree(sigma, sigma_next).to(self.device)
