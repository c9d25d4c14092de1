"""Rendering one picture at a time, so that each can be made again bit for bit on its own."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import torch
from PIL import Image
from torch import Tensor

from mezzotint.compiler.conditioning.types import Conditioning
from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.decode import decode_image, to_bytes, to_image
from mezzotint.runtime.devices.choose import choose_device
from mezzotint.runtime.devices.computing import Computing
from mezzotint.runtime.devices.determinism import reproducible
from mezzotint.runtime.encoding import Encoded, Opener, Plan
from mezzotint.runtime.job import RenderSettings
from mezzotint.runtime.models.folder import ModelSource, find_model
from mezzotint.runtime.models.loader import LoadedModel, tiled
from mezzotint.runtime.noise import BatchNoise, ImageNoise, NoiseSettings
from mezzotint.runtime.passes.hires import Pass, sample_second, second_settings, second_start
from mezzotint.runtime.passes.image_to_image import finish, prepare
from mezzotint.runtime.passes.image_to_image import start as encoded_start
from mezzotint.runtime.passes.source import Source
from mezzotint.runtime.sampling import Handover, OnDenoised, Start, ToldModel, sample_latents
from mezzotint.runtime.stages import Stages
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
        stages: names and digests of what it was on its way, see :mod:`mezzotint.runtime.stages`.
    """

    image: Image.Image
    latents: Tensor
    threads: int
    stages: tuple[tuple[str, str], ...] = ()


class Engine:
    """A loaded model that renders.

    The same conditioning and settings give the same bits in every process, on one machine, torch version
    and number of threads: reductions are split among threads, so their rounding follows the number.

    Args:
        model: ``builtin``, the path of a diffusers folder, or a model already loaded.
        device: where it computes, see :func:`mezzotint.runtime.devices.choose.choose_device`; a model that
            is loaded already says so itself.
        threads: CPU threads for rendering; ``None`` leaves torch's setting. It is set while a picture is
            made, for the whole process, and put back after.
        refiner: a model that can take over on the way.
        channels_last: see :class:`mezzotint.runtime.devices.computing.Computing`; a fast picture has it
            anyway.

    Raises:
        MezzotintError: the model is missing or incomplete, or there is no such device.
    """

    def __init__(
        self,
        model: str | Path | LoadedModel = "builtin",
        device: str = "cpu",
        *,
        threads: int | None = None,
        refiner: LoadedModel | None = None,
        channels_last: bool = False,
    ) -> None:
        if not isinstance(model, LoadedModel):
            model = LoadedModel(find_model(model), choose_device(device))
        self.model = model
        self.device = model.device
        self.threads = threads
        self.refiner = refiner
        self.channels_last = channels_last

    @classmethod
    def opened(
        cls,
        model: ModelSource,
        computing: Computing,
        *,
        threads: int | None = None,
        vae_path: Path | None = None,
        refiner: ModelSource | None = None,
    ) -> "Engine":
        """An engine for models on disk, run as chosen.

        Args:
            model: see the class.
            computing: device, precision and more.
            threads: see the class.
            vae_path: a VAE to use instead of the model's own.
            refiner: see the class.

        Raises:
            MezzotintError: a model is incomplete, or the device is not there.
        """
        device, turns = choose_device(computing.device), None
        if computing.offload:
            from mezzotint.runtime.devices.offload import Turns

            turns = Turns(device)

        def load(source: ModelSource) -> LoadedModel:
            dtype = getattr(torch, computing.dtype)
            return LoadedModel(source, device, dtype, vae_path, computing.compiled, turns)

        return cls(
            load(model),
            threads=threads,
            refiner=None if refiner is None else load(refiner),
            channels_last=computing.channels_last,
        )

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
            Plan(lambda: nullcontext(first)),
            settings,
            second=Plan(lambda: nullcontext(second)),
            source=source,
            watch=watch,
        )

    def paint(
        self,
        first: Plan,
        settings: RenderSettings,
        *,
        second: Plan | None = None,
        source: Source | None = None,
        watch: Watch | None = None,
    ) -> Rendered:
        """Render one picture.

        Args:
            first: the pass that every picture has.
            settings: everything but the prompts.
            second: the second pass, if the settings have one.
            source: the picture to start from, if the settings are for image to image.
            watch: who is told of the progress.

        Raises:
            MezzotintError: the settings ask for what is not built, or the model is incomplete.
            StoppedError: a callback asked to stop.
        """
        edges = tiled(*self._tiled_networks()) if settings.tiling else nullcontext()
        with ExitStack() as stack:
            stack.enter_context(edges)
            stack.enter_context(reproducible(self.threads, fast=settings.fast))
            for model in self._models:
                stack.enter_context(model.computing(channels_last=self.channels_last or settings.fast))
            painter = _Painter(self, settings, watch or Watch())
            if settings.image is not None:
                image, latents = painter.from_image(first, source)
            elif settings.hires is not None:
                image, latents = painter.in_two_passes(first, second or first)
            else:
                image, latents = painter.from_noise(first)
            painter.stages.latents(latents)
            return Rendered(image, latents.cpu(), torch.get_num_threads(), tuple(painter.stages.digests))

    @property
    def _models(self) -> list[LoadedModel]:
        return [self.model] if self.refiner is None else [self.model, self.refiner]

    def _tiled_networks(self) -> list[Any]:
        return [network for model in self._models for network in (model.unet, model.vae)]


class _Painter:
    """One call of :meth:`Engine.paint`.

    Attributes:
        decoder: the model that latents are decoded with: the one that sampled last.
        stages: digests of what was computed so far.
    """

    def __init__(self, engine: Engine, settings: RenderSettings, watch: Watch) -> None:
        self.model, self.refiner, self.device = engine.model, engine.refiner, engine.device
        self.settings, self.watch = settings, watch
        self.denoising = self.model.denoising()
        self.decoder = self.model
        self.stages = Stages()

    def from_noise(self, plan: Plan) -> Painted:
        """Text to image."""
        latents = self.first_pass(plan, self.watch.on_step)
        return decode_image(self.decoder, latents), latents

    def in_two_passes(self, first: Plan, second: Plan) -> Painted:
        """Hires fix. Progress counts the steps of both passes."""
        steps = PassSteps(self.watch.on_step, then=second_settings(self.settings).steps)
        latents = self.first_pass(first, steps.first)
        start = second_start(latents, self.settings, self.decoder, self.model)
        self.decoder = self.model
        self.stages.begin("second pass")
        self.stages.start(start.latents)
        with second.opener() as encoded:
            self.stages.conditioning(encoded.conditioning)
            latents = sample_second(
                self.denoising,
                Pass(encoded.conditioning, self.noise, encoded.empty, self.handover(second)),
                self.settings,
                start,
                on_step=steps.second,
                on_denoised=self.on_denoised(steps),
            )
        return decode_image(self.decoder, latents), latents

    def from_image(self, plan: Plan, source: Source | None) -> Painted:
        """Image to image, with or without a mask."""
        if source is None:
            raise MezzotintError("image to image needs a picture to start from: give one")
        prepared = prepare(source, self.settings)
        start = encoded_start(prepared, self.settings, self.model, self.plain_noise, self.device)
        latents = self.first_pass(plan, self.watch.on_step, start)
        return finish(prepared, decode_image(self.decoder, latents)), latents

    def first_pass(self, plan: Plan, on_step: OnStep | None, start: Start | None = None) -> Tensor:
        """The pass of the settings' own size."""
        if start is not None:
            self.stages.start(start.latents)
        with plan.opener() as encoded:
            self.stages.conditioning(encoded.conditioning)
            return sample_latents(
                self.denoising,
                encoded.conditioning,
                self.settings,
                self.noise(self.settings.latent_size),
                start=start,
                empty=encoded.empty,
                handover=self.handover(plan),
                on_step=on_step,
                on_denoised=self.on_denoised(),
            )

    def handover(self, plan: Plan) -> Handover | None:
        """When the refiner takes over, if it does."""
        settings = self.settings.refiner
        if settings is None or plan.refiner is None or self.refiner is None:
            return None
        opened = partial(self.refining, self.refiner, plan.refiner)
        return Handover(opened, settings.switch_at, settings.by_steps)

    @contextmanager
    def refining(self, refiner: LoadedModel, opener: Opener) -> Iterator[ToldModel]:
        """The refiner from now on, up to decoding."""
        self.decoder = refiner
        with opener() as encoded:
            self.stages.conditioning(encoded.conditioning, "refiner")
            yield ToldModel(refiner.denoising(), encoded.conditioning, encoded.empty)

    def noise(self, size: tuple[int, int]) -> BatchNoise:
        """Fresh noise for latents of ``(h, w)`` cells."""
        settings = noise_settings(self.settings)
        self.stages.noise(self._noise(size, settings).first())  # drawn twice, as drawing moves it on
        return self._noise(size, settings)

    def plain_noise(self) -> Tensor:
        """The seed's first noise, without any variation."""
        settings = NoiseSettings(seed=self.settings.seed, source=self.settings.rng)
        return self._noise(self.settings.latent_size, settings).first()

    def _noise(self, size: tuple[int, int], settings: NoiseSettings) -> BatchNoise:
        shape = (self.model.latent_channels, *size)
        return BatchNoise([ImageNoise(shape, settings)], self.device)

    def on_denoised(self, steps: "PassSteps | None" = None) -> OnDenoised:
        """Takes digests of estimates, and decodes them for whoever wants to see them."""
        show = self.watch.on_preview

        def preview(step: int, latents: Tensor) -> None:
            self.stages.estimate(step, latents)
            if show is not None and step and step % self.watch.preview_every == 0:
                image = to_image(to_bytes(self.decoder.decode(latents)[0]))
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
