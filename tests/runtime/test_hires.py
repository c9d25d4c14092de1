"""The second pass against vectors of stable-diffusion-webui v1.10.1, and what it is made of."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file
from torch import Tensor

from mezzotint.compiler.conditioning.types import Conditioning, EncodedBranch, EncodedEntry
from mezzotint.grammar.document import Dialect, read_document
from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.denoiser import Context
from mezzotint.runtime.job import RenderSettings
from mezzotint.runtime.noise import BatchNoise, ImageNoise, NoiseSettings
from mezzotint.runtime.passes.hires import Pass, sample_second, second_start
from mezzotint.runtime.passes.settings import LATENT_UPSCALERS, HiresSettings, check_upscaler
from mezzotint.runtime.passes.target import Target, target
from mezzotint.runtime.passes.upscale import upscale_image, upscale_latents
from mezzotint.runtime.request import read_request
from mezzotint.runtime.sampling import Denoising, sample_latents

GOLDEN = Path(__file__).parents[1] / "golden"
LINES = (GOLDEN / "hires.jsonl").read_text(encoding="utf-8").splitlines()
ROWS: list[dict[str, Any]] = [json.loads(line) for line in LINES]
TARGETS = [row for row in ROWS if row["kind"] == "target"]
SAMPLED = [row for row in ROWS if row["kind"] == "e2e"]
TOLERANCE = 5e-5


@pytest.mark.parametrize("row", TARGETS, ids=lambda row: f"{row['width']}x{row['height']}")
def test_targets_are_the_references(row: dict[str, Any]) -> None:
    if row["old_option"]:  # sizes as texts before 2023 have them
        text = f"a\nSteps: 1, Sampler: Euler, CFG scale: 7, Size: {row['width']}x{row['height']}"
        text += ", Denoising strength: 0.5, First pass size: 0x0"
        settings = read_request(read_document(text, Dialect.INFOTEXT)).settings
    else:
        hires = HiresSettings(scale=row["scale"], resize=(row["resize_x"], row["resize_y"]))
        settings = RenderSettings(width=row["width"], height=row["height"], hires=hires)
    assert settings.hires is not None
    assert [settings.width, settings.height] == row["first_pass"]
    expected = Target(*row["upscale_to"], *row["truncate"])
    assert target(settings.width, settings.height, settings.hires) == expected


def toy_network(x: Tensor, t: Tensor, context: Context) -> Tensor:
    """The network that the vectors were made with."""
    t = t.float().view(-1, 1, 1, 1)
    c = context.hidden_states[:, 0, 0].view(-1, 1, 1, 1)
    pull = 0.9 * torch.tanh(t / 350) * x
    return pull + 0.1 * torch.tanh(x.roll(1, -1)) + 0.05 * c * torch.cos(x.roll(1, -2))


def branch(scalar: float, weight: float = 1.0) -> EncodedBranch:
    return EncodedBranch(weight, (EncodedEntry(10**6, torch.tensor([[float(scalar)]])),))


class NoCodec:
    """No vector needs one."""

    def decode(self, latents: Tensor) -> Tensor:
        raise AssertionError(latents)

    def encode_image(self, pixels: Tensor) -> Tensor:
        raise AssertionError(pixels)


def settings_of(row: dict[str, Any]) -> RenderSettings:
    hires = HiresSettings(
        strength=row["dn"],
        upscaler=row["upscaler"],
        scale=row["scale"],
        resize=(row["rx"], row["ry"]),
        steps=row["hr_steps"],
        sampler=row["s2"],
        scheduler=row["sch2"],
    )
    return RenderSettings(
        steps=row["steps"],
        sampler=row["s1"],
        scheduler=row["sch1"],
        cfg_scale=row["cfg"],
        width=row["w"],
        height=row["h"],
        hires=hires,
    )


@pytest.mark.parametrize("row", SAMPLED, ids=lambda row: str(row["id"]))
def test_two_passes_are_the_references(row: dict[str, Any]) -> None:
    expected = load_file(GOLDEN / "hires.safetensors")
    settings, denoising = settings_of(row), Denoising(toy_network)
    conditioning = Conditioning(tuple(branch(c, w) for c, w in row["conds"]), branch(row["uncond"]))

    def noise(size: tuple[int, int]) -> BatchNoise:
        images = [NoiseSettings(seed=s, source=row["source"], ensd=row["ensd"]) for s in row["seeds"]]
        return BatchNoise([ImageNoise((4, *size), image) for image in images])

    first = sample_latents(denoising, conditioning, settings, noise(settings.latent_size))
    start = second_start(first, settings, NoCodec())
    final = sample_second(denoising, Pass(conditioning, noise), settings, start)
    for name, found in (("first", first), ("upscaled", start.latents), ("final", final)):
        assert torch.allclose(found, expected[f"{row['id']}_{name}"], atol=TOLERANCE, rtol=1e-5), name


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
    conditioning = Conditioning((branch(1.0),), branch(-0.5))

    def noise(size: tuple[int, int]) -> BatchNoise:
        return BatchNoise([ImageNoise((4, *size), NoiseSettings(seed=1))])

    first = sample_latents(Denoising(toy_network), conditioning, settings, noise((8, 8)))
    start = second_start(first, settings, NoCodec())
    final = sample_second(Denoising(toy_network), Pass(conditioning, noise), settings, start)
    assert torch.equal(final, start.latents)
