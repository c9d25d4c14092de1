"""A second model that takes over on the way."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from mezzotint.compiler.conditioning.types import Conditioning, EncodedBranch, EncodedEntry
from mezzotint.runtime.builtin import model_path
from mezzotint.runtime.denoiser import Context
from mezzotint.runtime.job import RenderSettings
from mezzotint.runtime.noise import BatchNoise, ImageNoise, NoiseSettings
from mezzotint.runtime.passes.settings import HiresSettings, RefinerSettings
from mezzotint.runtime.picture import Renderer
from mezzotint.runtime.request import Request
from mezzotint.runtime.sampling import Denoising, Handover, ToldModel, sample_latents

STATES = torch.ones(1, 1)
CONDITIONING = Conditioning(
    (EncodedBranch(1.0, (EncodedEntry(99, STATES),)),), EncodedBranch(1.0, (EncodedEntry(99, -STATES),))
)


class Counted:
    """A network that remembers at which times it was asked."""

    def __init__(self) -> None:
        self.times: list[float] = []

    def __call__(self, x: Tensor, t: Tensor, _context: Context) -> Tensor:
        self.times.append(float(t[0]))
        return x * 0.9


def relay(settings: RenderSettings, switch_at: float, *, by_steps: bool = False) -> tuple[Counted, Counted]:
    """The two networks of one run, after it."""
    first, second = Counted(), Counted()
    is_open = []

    @contextmanager
    def opened() -> Iterator[ToldModel]:
        is_open.append(True)
        yield ToldModel(Denoising(second), CONDITIONING)
        is_open.append(False)

    noise = BatchNoise([ImageNoise((4, 2, 2), NoiseSettings(seed=1))])
    handover = Handover(opened, switch_at, by_steps)
    sample_latents(Denoising(first), CONDITIONING, settings, noise, handover=handover)
    assert is_open in ([], [True, False])
    return first, second


@pytest.mark.parametrize("sampler", ["Euler", "DDIM", "DPM++ SDE"])
def test_the_other_takes_over_at_its_share_of_the_noise_levels(sampler: str) -> None:
    first, second = relay(RenderSettings(steps=10, sampler=sampler, scheduler="Uniform"), 0.6)
    assert min(first.times) > 399 >= max(second.times)


def test_it_can_be_counted_in_evaluations() -> None:
    first, second = relay(RenderSettings(steps=10, sampler="Euler"), 0.7, by_steps=True)
    assert (len(first.times), len(second.times)) == (7, 3)
    first, second = relay(RenderSettings(steps=10, sampler="Heun"), 0.5, by_steps=True)
    assert (len(first.times), len(second.times)) == (10, 9)


def test_it_may_come_at_once_or_never() -> None:
    first, second = relay(RenderSettings(steps=4, sampler="Euler"), 0.0)
    assert (len(first.times), len(second.times)) == (0, 4)
    first, second = relay(RenderSettings(steps=4, sampler="Euler"), 1.0)
    assert (len(first.times), len(second.times)) == (4, 0)


@pytest.fixture(scope="module")
def other_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built-in model with another UNet."""
    folder = tmp_path_factory.mktemp("refiner") / "other"
    shutil.copytree(model_path(), folder)
    file = folder / "unet" / "diffusion_pytorch_model.safetensors"
    save_file({name: tensor * 0.9 for name, tensor in load_file(file).items()}, file)
    return folder


def request(**changes: object) -> Request:
    settings = RenderSettings(steps=4, sampler="Euler", width=64, height=64, seed=3)
    return Request("", "", replace(settings, **changes))  # type: ignore[arg-type]


def test_a_refiner_is_named_in_the_infotext_and_makes_another_picture(other_model: Path) -> None:
    settings = RefinerSettings(model="whatever", switch_at=0.5)
    with_it = Renderer(threads=1, refiner=other_model).render(request(refiner=settings))
    assert f"Refiner: other [{Renderer(other_model).model_hash}], Refiner switch at: 0.5" in with_it.infotext
    bare = Renderer(threads=1)
    assert bare.render(request()).image.tobytes() != with_it.image.tobytes()
    without = bare.render(request(refiner=settings))
    assert without.notes == ('the refiner "whatever" is not given, so it does not act',)
    assert "Refiner" not in without.infotext


@pytest.mark.parametrize(("acts_in", "same_first"), [("first pass", False), ("second pass", True)])
def test_of_two_passes_the_settings_say_which(other_model: Path, acts_in: str, same_first: bool) -> None:
    settings = RefinerSettings(model="other", switch_at=0.0, acts_in=acts_in)
    hires = HiresSettings(strength=0.0, upscaler="Latent (nearest)", scale=1.0)  # shows the first pass
    renderer = Renderer(threads=1, refiner=other_model)
    refined = renderer.render(request(refiner=settings, hires=hires))
    plain = renderer.render(request(hires=hires))
    assert (refined.image.tobytes() == plain.image.tobytes()) is same_first
    assert ("Hires refiner" in refined.infotext) is (acts_in != "second pass")
