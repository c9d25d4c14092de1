"""Pictures made again: which model is taken, and how far they may be apart."""

import hashlib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image

from mezzotint.conformance import e2e
from mezzotint.conformance.result import Result, Row, Skip, Source
from mezzotint.conformance.suite import run_row
from mezzotint.runtime.request import Request

CHECKPOINT = b"weights"
INFOTEXT = "a cat\nSteps: 2, Sampler: Euler, CFG scale: 7, Seed: 1, Size: 64x64, Denoising strength: 0.5"


class Painter:
    """Stands for a renderer: gives pictures from a list."""

    opened: list[tuple[Path, Any]]
    asked: list[Request]

    def __init__(self, *pictures: Image.Image) -> None:
        self.pictures, self.opened, self.asked = list(pictures), [], []

    def __call__(self, path: Path, _device: str, *, vae: Path | None, **_folders: object) -> "Painter":
        self.opened.append((path, vae))
        return self

    def render(self, request: Request) -> SimpleNamespace:
        self.asked.append(request)
        return SimpleNamespace(image=self.pictures.pop(0))


def picture(*changes: tuple[int, int, int]) -> Image.Image:
    """Grey, with some bytes of the first row of pixels changed."""
    image = Image.new("RGB", (64, 64), (100, 100, 100))
    for x, change in enumerate(changes):
        red, green, blue = (100 + c for c in change)
        image.putpixel((x, 0), (red, green, blue))
    return image


def row(folder: Path, **settings: object) -> Row:
    picture().save(folder / "a.png")
    return {
        "files": ["a.png"],
        "infotext": [INFOTEXT],
        "checkpoint": "model.safetensors",
        "checkpoint_sha256": hashlib.sha256(CHECKPOINT).hexdigest(),
        "settings": {"opts": {}, **settings},
    }


def run(folder: Path, painter: Painter, monkeypatch: pytest.MonkeyPatch, *rows: Row) -> list[Result]:
    monkeypatch.setattr(e2e, "Renderer", painter)
    check = e2e.end_to_end(Source(folder / "cases.jsonl"))
    results = [run_row(check, one) for one in rows]
    return [result for result in results if not isinstance(result, Skip)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "e2e_toy"
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(CHECKPOINT)
    return folder


@pytest.mark.parametrize(
    ("made", "is_equal", "error"),
    [
        (picture(), True, 0.0),
        (picture((1, -1, 1)), True, 1.0),
        (picture(*[(1, 1, 1)] * 21), False, 1.0),  # more than 0.5 % of the bytes
        (picture((2, 0, 0)), False, 2.0),
        (Image.new("RGB", (64, 72)), False, 255.0),
    ],
)
def test_pictures_may_be_a_grey_level_apart_here_and_there(
    made: Image.Image, is_equal: bool, error: float, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (result,) = run(folder, Painter(made), monkeypatch, row(folder))
    assert (result.is_equal, result.error) == (is_equal, error)


def test_every_picture_of_a_batch_counts(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = row(folder) | {"files": ["a.png"] * 2, "infotext": [INFOTEXT] * 2}
    (result,) = run(folder, Painter(picture((9, 0, 0)), picture()), monkeypatch, batch)
    assert not result.is_equal


def test_the_model_is_kept_from_job_to_job(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = row(folder), row(folder), row(folder, opts={"sd_vae": "../b.pt"})
    painter = Painter(*[picture()] * 3)
    assert all(result.is_equal for result in run(folder, painter, monkeypatch, *jobs))
    path = folder / "model.safetensors"
    assert painter.opened == [(path, None), (path, folder / "VAE" / "b.pt")]


def test_the_picture_to_start_from_is_the_jobs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    picture((5, 0, 0)).save(folder / "init.png")
    painter = Painter(picture())
    run(folder, painter, monkeypatch, row(folder, init_image="init.png"))
    source = painter.asked[0].source
    assert source is not None
    assert source.image.getpixel((0, 0)) == (105, 100, 100)
    assert source.mask is None


def test_a_checkpoint_may_lie_beside_and_must_be_the_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "model.safetensors").write_bytes(b"../e2e_other/model.safetensors")
    (result,) = run(folder, Painter(picture()), monkeypatch, row(folder))
    assert "another file than the suite's" in result.got
    other = folder.parent / "e2e_other"
    other.mkdir()
    (other / "model.safetensors").write_bytes(CHECKPOINT)
    painter = Painter(picture())
    (result,) = run(folder, painter, monkeypatch, row(folder))
    assert result.is_equal
    assert painter.opened == [(other / "model.safetensors", None)]
