"""Rendering one picture at a time, so that each can be made again bit for bit on its own."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import torch
from PIL import Image
from torch import Tensor

from mezzotint.compiler.conditioning.types import Conditioning
from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.decode import decode_image, to_bytes, to_image
from mezzotint.runtime.encoding import Encoded, Opener
from mezzotint.runtime.job import RenderSettings
from mezzotint.runtime.models.folder import find_model
from mezzotint.runtime.models.loader import LoadedModel, tiled
from mezzotint.runtime.noise import BatchNoise, ImageNoise, NoiseSettings
from mezzotint.runtime.passes.hires import Pass, sample_second, second_settings, second_start
from mezzotint.runtime.passes.image_to_image import finish, prepare
from mezzotint.runtime.passes.image_to_image import start as encoded_start
from mezzotint.runtime.passes.source import Source
from mezzotint.runtime.sampling import OnDenoised, Start, sample_latents
from mezzotint.runtime.watch import OnStep, Watch

Painted: TypeAlias = tuple[Image.Image, Tensor]
"""A picture, and the latents it was decoded from."""


@dataclass(frozen=True, slots=True, eq=False)
class Rendered:
    """One picture and what it came from.

    Attributes:
        image: RGB.
        latents: ``(1, c, h, w)`` float32 on the CPU, before decoding.
        threads: CPU threads it was computed with; the last bits of the latents depend on them.
    """

    image: Image.Image
    latents: Tensor
    threads: int


class Engine:
    """A loaded model that renders.

    The same conditioning and settings give the same bits in every process, on one machine, torch version
    and number of threads: reductions are split among threads, so their rounding follows the number.

    Args:
        model: ``builtin``, the path of a diffusers folder, or a model already loaded.
        device: torch device.
        threads: CPU threads for rendering; ``None`` leaves torch's setting. It is set while a picture is
            made, for the whole process, and put back after.

    Raises:
        MezzotintError: the model is missing or incomplete.
    """

    def __init__(
        self, model: str | Path | LoadedModel = "builtin", device: str = "cpu", *, threads: int | None = None
    ) -> None:
        self.model = model if isinstance(model, LoadedModel) else LoadedModel(find_model(model), device)
        self.device = device
        self.threads = threads

    def sample(
        self,
        conditioning: Conditioning,
        settings: RenderSettings,
        *,
        hires: Conditioning | None = None,
        source: Source | None = None,
        watch: Watch | None = None,
    ) -> Rendered:
        """Render one picture from prompts that are encoded already, without networks; see :meth:`paint`.

        Args:
            conditioning: the encoded prompts.
            settings: everything else.
            hires: the encoded prompts of the second pass; by default those of the first.
            source: the picture to start from, if the settings are for image to image.
            watch: who is told of the progress.
        """
        first, second = Encoded(conditioning), Encoded(hires or conditioning)
        return self.paint(
            lambda: nullcontext(first),
            settings,
            second=lambda: nullcontext(second),
            source=source,
            watch=watch,
        )

    def paint(
        self,
        first: Opener,
        settings: RenderSettings,
        *,
        second: Opener | None = None,
        source: Source | None = None,
        watch: Watch | None = None,
    ) -> Rendered:
        """Render one picture.

        Args:
            first: opens the pass that every picture has.
            settings: everything but the prompts.
            second: opens the second pass, if the settings have one.
            source: the picture to start from, if the settings are for image to image.
            watch: who is told of the progress.

        Raises:
            MezzotintError: the settings ask for what is not built, or the model is incomplete.
            StoppedError: a callback asked to stop.
        """
        edges = tiled(self.model.unet, self.model.vae) if settings.tiling else nullcontext()
        with reproducible(self.threads), edges:
            painter = _Painter(self, settings, watch or Watch())
            if settings.image is not None:
                image, latents = painter.from_image(first, source)
            elif settings.hires is not None:
                image, latents = painter.in_two_passes(first, second or first)
            else:
                image, latents = painter.from_noise(first)
            return Rendered(image, latents.cpu(), torch.get_num_threads())


class _Painter:
    """One call of :meth:`Engine.paint`."""

    def __init__(self, engine: Engine, settings: RenderSettings, watch: Watch) -> None:
        self.model, self.device = engine.model, engine.device
        self.settings, self.watch = settings, watch
        self.denoising = self.model.denoising()

    def from_noise(self, opener: Opener) -> Painted:
        """Text to image."""
        latents = self.first_pass(opener, self.watch.on_step)
        return decode_image(self.model, latents), latents

    def in_two_passes(self, first: Opener, second: Opener) -> Painted:
        """Hires fix. Progress counts the steps of both passes."""
        steps = PassSteps(self.watch.on_step, then=second_settings(self.settings).steps)
        latents = self.first_pass(first, steps.first)
        start = second_start(latents, self.settings, self.model)
        with second() as encoded:
            latents = sample_second(
                self.denoising,
                Pass(encoded.conditioning, self.noise, encoded.empty),
                self.settings,
                start,
                on_step=steps.second,
                on_denoised=self.on_denoised(steps),
            )
        return decode_image(self.model, latents), latents

    def from_image(self, opener: Opener, source: Source | None) -> Painted:
        """Image to image, with or without a mask."""
        if source is None:
            raise MezzotintError("image to image needs a picture to start from: give one")
        prepared = prepare(source, self.settings)
        start = encoded_start(prepared, self.settings, self.model, self.plain_noise)
        latents = self.first_pass(opener, self.watch.on_step, start)
        return finish(prepared, decode_image(self.model, latents)), latents

    def first_pass(self, opener: Opener, on_step: OnStep | None, start: Start | None = None) -> Tensor:
        """The pass of the settings' own size."""
        with opener() as encoded:
            return sample_latents(
                self.denoising,
                encoded.conditioning,
                self.settings,
                self.noise(self.settings.latent_size),
                start=start,
                empty=encoded.empty,
                on_step=on_step,
                on_denoised=self.on_denoised(),
            )

    def noise(self, size: tuple[int, int]) -> BatchNoise:
        """Fresh noise for latents of ``(h, w)`` cells."""
        return self._noise(size, noise_settings(self.settings))

    def plain_noise(self) -> Tensor:
        """The seed's first noise, without any variation."""
        settings = NoiseSettings(seed=self.settings.seed, source=self.settings.rng)
        return self._noise(self.settings.latent_size, settings).first()

    def _noise(self, size: tuple[int, int], settings: NoiseSettings) -> BatchNoise:
        shape = (self.model.latent_channels, *size)
        return BatchNoise([ImageNoise(shape, settings)], self.device)

    def on_denoised(self, steps: "PassSteps | None" = None) -> OnDenoised | None:
        """Decodes estimates for whoever wants to see them."""
        if (show := self.watch.on_preview) is None:
            return None

        def preview(step: int, latents: Tensor) -> None:
            if step and step % self.watch.preview_every == 0:
                image = to_image(to_bytes(self.model.decode(latents)[0]))
                show(step + (steps.done if steps else 0), image)

        return preview


class PassSteps:
    """Counts the steps of two passes as if they were one.

    Args:
        on_step: told of them.
        then: steps of the second pass, as far as can be known before it begins.
    """

    def __init__(self, on_step: OnStep | None, *, then: int) -> None:
        self._on_step, self._then = on_step, then
        self.done = 0

    def first(self, step: int, total: int) -> bool | None:
        """A step of the first pass."""
        self.done = total
        return self._on_step and self._on_step(step, total + self._then)

    def second(self, step: int, total: int) -> bool | None:
        """A step of the second pass."""
        return self._on_step and self._on_step(self.done + step, self.done + total)


def noise_settings(settings: RenderSettings) -> NoiseSettings:
    """What decides the noise of a picture, in latent cells."""
    resize = settings.seed_resize
    return NoiseSettings(
        seed=settings.seed,
        source=settings.rng,
        sampler_source=settings.sampler_rng,
        variation_seed=settings.variation_seed,
        variation_strength=settings.variation_strength,
        ensd=settings.ensd,
        seed_resize=None if resize is None else (resize[1] // 8, resize[0] // 8),
    )


@contextmanager
def reproducible(threads: int | None = None) -> Iterator[None]:
    """Compute without gradients and with deterministic algorithms, on a given number of threads.

    Raises:
        MezzotintError: the number of threads is not positive.
    """
    if threads is not None and threads < 1:
        raise MezzotintError(f"threads {threads} is out of range: use 1 or more, or leave it out")
    before, was_deterministic = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    if threads is not None:
        torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(True)
    try:
        with torch.inference_mode():
            yield
    finally:
        torch.use_deterministic_algorithms(was_deterministic)
        torch.set_num_threads(before)
