"""Who is told of a picture in the making, and stopping it."""

from pathlib import Path

import pytest
import torch
from PIL import Image

from mezzotint.compiler.conditioning.types import Conditioning, EncodedBranch, EncodedEntry
from mezzotint.runtime.engine import Engine, PassSteps
from mezzotint.runtime.job import RenderSettings
from mezzotint.runtime.passes.settings import HiresSettings
from mezzotint.runtime.watch import StepCounter, StoppedError, Watch


def _conditioning() -> Conditioning:
    states = torch.linspace(-1, 1, 77 * 8).view(77, 8)
    return Conditioning(
        (EncodedBranch(1.0, (EncodedEntry(99, states),)),), EncodedBranch(1.0, (EncodedEntry(99, -states),))
    )


@pytest.fixture(scope="module")
def engine(tiny_model: Path) -> Engine:
    return Engine(tiny_model, threads=1)


def test_steps_of_two_passes_are_counted_together(engine: Engine) -> None:
    told: list[tuple[int, int]] = []
    settings = RenderSettings(steps=3, hires=HiresSettings(steps=2), width=64, height=64)
    engine.sample(_conditioning(), settings, watch=Watch(on_step=lambda *step: told.append(step)))
    assert told == [(0, 5), (1, 5), (2, 5), (3, 5), (3, 5), (4, 5), (5, 5)]


@pytest.mark.parametrize("sampler", ["Euler", "DDIM", "DPM++ SDE"])
def test_previews_come_every_so_often_and_change_nothing(engine: Engine, sampler: str) -> None:
    shown: dict[int, Image.Image] = {}
    settings = RenderSettings(steps=7, sampler=sampler, hires=HiresSettings(steps=8), width=64, height=64)
    plain = engine.sample(_conditioning(), settings)
    watched = engine.sample(
        _conditioning(), settings, watch=Watch(on_preview=shown.__setitem__, preview_every=3)
    )
    assert watched.image.tobytes() == plain.image.tobytes()
    assert len(shown) >= 3
    assert {image.size for image in shown.values()} == {(64, 64), (128, 128)}
    assert list(shown) == sorted(shown)


def test_a_callback_can_stop(engine: Engine) -> None:
    with pytest.raises(StoppedError, match="stopped before"):
        engine.sample(
            _conditioning(),
            RenderSettings(steps=5, width=64, height=64),
            watch=Watch(on_step=lambda step, _: step == 2),
        )


def test_nobody_needs_to_watch() -> None:
    counter = StepCounter(torch.tensor([3.0, 1.0, 0.0]))
    counter.reach(torch.tensor(3.0))
    counter.show(lambda: pytest.fail("nobody looks"))
    counter.finish()
    assert PassSteps(None, then=3).first(1, 2) is None
