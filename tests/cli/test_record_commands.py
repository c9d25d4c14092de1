"""What the commands that change metadata do with the record."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from mezzotint.runtime.job import RenderSettings
from mezzotint.runtime.metadata.png import write_png
from mezzotint.runtime.metadata.read import read
from mezzotint.runtime.picture import Renderer
from mezzotint.runtime.request import Request

Shell = Callable[..., tuple[object, str, str]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made") / "a.png"
    settings = RenderSettings(width=64, height=64, steps=2, seed=5)
    Renderer(threads=1).render(Request(" a red circle\r\n", "", settings)).save(path)
    return path


@pytest.fixture
def picture(made: Path, tmp_path: Path) -> Path:
    path = tmp_path / "a.png"
    path.write_bytes(made.read_bytes())
    return path


def test_set_keeps_it_and_the_edited_text_counts(shell: Shell, picture: Path) -> None:
    before = read(picture).record
    assert shell("set", picture, "Seed=6")[0] == 0
    assert read(picture).record == before
    code, out, _ = shell("reproduce", picture)
    assert code == 1
    assert "its infotext was changed after the picture was saved, so that counts, not the record" in out


def test_strip_removes_it(shell: Shell, picture: Path, tmp_path: Path) -> None:
    target = tmp_path / "b.png"
    assert shell("strip", picture, "-o", target)[0] == 0
    assert read(target).record is None
    assert b"mezzotint" not in target.read_bytes()


@pytest.mark.parametrize("target", ["b.png", "b.webp", "b.jpg"])
def test_copy_and_convert_leave_it_behind(shell: Shell, picture: Path, tmp_path: Path, target: str) -> None:
    other = tmp_path / target
    code, _, err = shell("convert", picture, other)
    assert code == 0
    assert "the record of Mezzotint stays behind" in err
    assert read(other).record is None
    Image.new("RGB", (8, 8)).save(tmp_path / "c.png")
    assert shell("copy", picture, tmp_path / "c.png")[0] == 0
    assert read(tmp_path / "c.png").record is None
    assert read(tmp_path / "c.png").parameters == read(picture).parameters


def test_a_broken_promise_is_told_and_counts(shell: Shell, picture: Path) -> None:
    found = read(picture)
    with Image.open(picture) as image:
        pixels = bytearray(image.convert("RGB").tobytes())
    pixels[0] ^= 1
    changed = Image.frombytes("RGB", (64, 64), bytes(pixels))
    write_png(changed, picture, parameters=found.parameters or "", record=found.record or {})
    code, out, _ = shell("reproduce", picture)
    assert code == 1
    assert (
        "perceptually equal: 0.00814 % of the values differ, by up to 1 of 255 levels (PSNR 89.0 dB, SSIM"
        in out
    )
    assert "this run made the recorded pixels" in out


def test_the_record_is_shown_as_json(shell: Shell, picture: Path) -> None:
    code, out, _ = shell("info", "--json", picture)
    assert code == 0
    assert '"prompt": " a red circle\\r\\n"' in out
