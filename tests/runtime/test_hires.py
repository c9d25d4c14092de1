"""What the second pass is made of."""

from dataclasses import replace

import pytest
import torch
from PIL import Image
from torch import Tensor

from mezzotint.conformance.toy import toy_conditioning, toy_network
from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.job import RenderSettings
from mezzotint.runtime.noise import BatchNoise, ImageNoise, NoiseSettings
from mezzotint.runtime.passes.hires import Pass, sample_second, second_start
from mezzotint.runtime.passes.requested import check_passes
from mezzotint.runtime.passes.settings import LATENT_UPSCALERS, HiresSettings, check_upscaler
from mezzotint.runtime.passes.upscale import upscale_image, upscale_latents
from mezzotint.runtime.request import Request
from mezzotint.runtime.sampling import Denoising, sample_latents


class NoCodec:
    """Latents are enlarged without one."""

    def decode(self, latents: Tensor) -> Tensor:
        raise AssertionError(latents)

    def encode_image(self, pixels: Tensor) -> Tensor:
        raise AssertionError(pixels)


def test_unknown_upscalers_are_refused_with_those_there_are() -> None:
    with pytest.raises(MezzotintError, match=r"4x-UltraSharp.*Latent \(bicubic\).*Lanczos, Nearest"):
        check_upscaler("4x-UltraSharp")


@pytest.mark.parametrize("upscaler", LATENT_UPSCALERS)
def test_latents_are_enlarged_to_any_size(upscaler: str) -> None:
    latents = torch.linspace(-1, 1, 4 * 8 * 8).view(1, 4, 8, 8)
    large = upscale_latents(latents, upscaler, (11, 16))
    assert large.shape == (1, 4, 11, 16)
    assert large.std() > 0.1


def test_pictures_are_enlarged_by_a_factor_and_then_fitted() -> None:
    image = Image.linear_gradient("L").resize((64, 48)).convert("RGB")
    plain = image.resize((100, 75), Image.Resampling.LANCZOS)
    assert upscale_image(image, "None", (100, 75)).tobytes() == plain.tobytes()
    by_steps = image.resize((100, 75), Image.Resampling.NEAREST)
    by_steps = by_steps.resize((96, 72), Image.Resampling.LANCZOS).resize((100, 75), Image.Resampling.LANCZOS)
    assert upscale_image(image, "Nearest", (100, 75)).tobytes() == by_steps.tobytes()


def test_a_strength_of_zero_changes_nothing() -> None:
    settings = RenderSettings(steps=3, sampler="DDIM", hires=HiresSettings(strength=0.0), width=64, height=64)
    conditioning = toy_conditioning([[1.0, 1.0]], -0.5)

    def noise(size: tuple[int, int]) -> BatchNoise:
        return BatchNoise([ImageNoise((4, *size), NoiseSettings(seed=1))])

    first = sample_latents(Denoising(toy_network), conditioning, settings, noise((8, 8)))
    start = second_start(first, settings, NoCodec())
    final = sample_second(Denoising(toy_network), Pass(conditioning, noise), settings, start)
    assert torch.equal(final, start.latents)


def test_a_strength_that_is_hardly_any_is_refused() -> None:
    settings = RenderSettings(hires=HiresSettings(strength=1e-9), width=64, height=64)
    conditioning = toy_conditioning([[1.0, 1.0]], -0.5)

    def noise(size: tuple[int, int]) -> BatchNoise:
        return BatchNoise([ImageNoise((4, *size), NoiseSettings(seed=1))])

    start = second_start(torch.zeros(1, 4, 8, 8), settings, NoCodec())
    with pytest.raises(MezzotintError, match="too small"):
        sample_second(Denoising(toy_network), Pass(conditioning, noise), settings, start)
    small = replace(settings, scheduler="DDIM", hires=HiresSettings(strength=0.01))
    again = second_start(torch.zeros(1, 4, 8, 8), small, NoCodec())
    with pytest.raises(MezzotintError, match="another schedule"):
        sample_second(Denoising(toy_network), Pass(conditioning, noise), small, again)


@pytest.mark.parametrize("hires", [HiresSettings(scale=16.0), HiresSettings(resize=(1, 1))])
def test_targets_of_no_use_are_refused(hires: HiresSettings) -> None:
    settings = RenderSettings(width=2048, height=2048, hires=hires)
    with pytest.raises(MezzotintError, match=r"the second pass's side .* is out of range"):
        check_passes(Request("", "", settings))
