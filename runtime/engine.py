"""Rendering one picture at a time, so that each can be made again bit for bit on its own."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from mezzotint.compiler.conditioning.types import Conditioning
from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.decode import decode_image
from mezzotint.runtime.job import RenderSettings
from mezzotint.runtime.models.folder import find_model
from mezzotint.runtime.models.loader import LoadedModel, tiled
from mezzotint.runtime.noise import BatchNoise, ImageNoise, NoiseSettings
from mezzotint.runtime.sampling import OnStep, sample_latents


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
        self, conditioning: Conditioning, settings: RenderSettings, *, on_step: OnStep | None = None
    ) -> Rendered:
        """Render one picture.

        Args:
            conditioning: the encoded prompts.
            settings: everything else.
            on_step: ``on_step(step, total)``, see :data:`mezzotint.runtime.sampling.OnStep`.

        Raises:
            MezzotintError: the settings ask for what is not built, or the model is incomplete.
        """
        shape = (self.model.latent_channels, *settings.latent_size)
        edges = tiled(self.model.unet, self.model.vae) if settings.tiling else nullcontext()
        with reproducible(self.threads), edges:
            noise = BatchNoise([ImageNoise(shape, noise_settings(settings))], self.device)
            latents = sample_latents(self.model.denoising(), conditioning, settings, noise, on_step=on_step)
            image = decode_image(self.model, latents)
            return Rendered(image, latents.cpu(), torch.get_num_threads())


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
