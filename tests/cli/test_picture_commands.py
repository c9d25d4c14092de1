"""Rendering and reproducing as a shell would: files, exit statuses, words."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from mezzotint.runtime.metadata.read import read
from mezzotint.runtime.picture import Picture, Renderer
from mezzotint.runtime.request import Request

MISSION = Path(__file__).parents[1] / "golden" / "mission_example.txt"
QUICK = ["--steps", "3", "--size", "64x64", "--seed", "5"]
Shell = Callable[..., tuple[object, str, str]]


def test_render_and_reproduce(shell: Shell, tmp_path: Path) -> None:
    picture = tmp_path / "new" / "red.png"
    code, out, _ = shell(
        "render", "a (red:1.2) circle", "--negative", "blurry", "--sampler", "Euler a", *QUICK, "-o", picture
    )
    assert code == 0
    assert "red.png  64x64, seed 5" in out
    code, out, _ = shell("reproduce", picture, "-o", tmp_path / "again.png")
    assert code == 0
    assert "identical: all 64x64 pixels are the same, bit for bit" in out
    assert (tmp_path / "again.png").read_bytes() == picture.read_bytes()
    code, out, _ = shell("info", "--json", picture)
    (row,) = json.loads(out)
    assert row["settings"]["Sampler"] == "Euler a"
    assert row["negative_prompt"] == "blurry"
    assert row["record"]["threads"] >= 1


def test_render_takes_a_whole_infotext_or_picture(shell: Shell, tmp_path: Path) -> None:
    first, second = tmp_path / "first.png", tmp_path / "second.png"
    code, _, _ = shell(
        "render", MISSION, "--model", "builtin", "--steps", "2", "--size", "64x64", "-o", first
    )
    assert code == 0
    parameters = read(first).parameters or ""
    assert "Sampler: DPM++ SDE, Schedule type: Karras" in parameters
    assert "Seed: 3120790884" in parameters
    assert "Negative prompt: lowres, ((bad anatomy))" in parameters
    code, _, _ = shell("render", first, "-o", second)
    assert code == 0
    assert first.read_bytes() == second.read_bytes()


def test_a_batch_counts_its_seeds_up(shell: Shell, tmp_path: Path) -> None:
    code, out, _ = shell(
        "render",
        "x --ar 2:1",
        "--batch",
        "2",
        "--json",
        "--steps",
        "1",
        "--seed",
        "9",
        "-o",
        tmp_path / "b.png",
    )
    rows = json.loads(out)
    assert code == 0
    assert [row["seed"] for row in rows] == [9, 10]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["b-1.png", "b-2.png"]
    assert shell("reproduce", tmp_path / "b-2.png")[0] == 0


def test_reproduce_says_when_it_cannot(shell: Shell, tmp_path: Path) -> None:
    assert shell("reproduce", tmp_path / "none.png")[0] == 2
    (tmp_path / "text.txt").write_text(MISSION.read_text(encoding="utf-8"), encoding="utf-8")
    code, _, err = shell("reproduce", tmp_path / "text.txt")
    assert code == 2
    assert "not a picture" in err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-o", "x.jpg"], "pictures are written as PNG"),
        (["--sampler", "Euler b", "-o", "x.png"], "did you mean 'Euler"),
        (["--size", "100x100", "-o", "x.png"], "not a multiple of 8: use 96 or 104"),
        (["--steps", "0", "-o", "x.png"], "out of range"),
        (["--model", "nowhere", "-o", "x.png"], "no model at nowhere"),
        (["--clip-skip", "9", "-o", "x.png"], "clip skip 9 does not exist"),
    ],
)
def test_what_cannot_be_rendered_says_why(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, err = shell("render", "red circle", *arguments)
    assert code == 2
    assert words in err
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


def test_a_broken_prompt_is_shown_with_its_place(shell: Shell, tmp_path: Path) -> None:
    code, _, err = shell("render", "red\n(cat:1.2.3)", "-o", tmp_path / "x.png")
    assert code == 2
    assert "<prompt>:2:6: error MZ001" in err
    assert "help: write one number" in err


def test_models_lists_the_built_in_one(shell: Shell) -> None:
    code, out, _ = shell("models", "--json")
    assert code == 0
    assert json.loads(out)[0]["name"] == "builtin"


def test_the_picture_being_read_is_never_overwritten(shell: Shell, tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    assert shell("render", "red circle", *QUICK, "-o", picture)[0] == 0
    before = picture.read_bytes()
    for command in ("render", "reproduce"):
        code, _, err = shell(command, picture, "-o", picture)
        assert code == 2
        assert "is the file that is being read" in err
    assert picture.read_bytes() == before


def test_warnings_cannot_drive_the_terminal(shell: Shell, tmp_path: Path) -> None:
    code, _, err = shell("render", "x <lora:\x1b]0;owned\x07:1>", *QUICK, "-o", tmp_path / "x.png")
    assert code == 0
    assert "\x1b" not in err
    assert "no network is called" in err


@pytest.fixture
def start(shell: Shell, tmp_path: Path) -> Path:
    picture = tmp_path / "start.png"
    assert shell("render", "red circle", *QUICK, "-o", picture)[0] == 0
    return picture


def test_two_passes_come_back(shell: Shell, tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    options = ["--hires", "1.5", "--hires-steps", "2", "--hires-upscaler", "Lanczos", "--strength", "0.6"]
    prompts = ["--hires-prompt", "a [red:blue:1.5], circle", "--hires-sampler", "Euler a"]
    code, out, _ = shell("render", "red circle", *QUICK, *options, *prompts, "-o", picture)
    assert code == 0
    assert "96x96" in out
    parameters = read(picture).parameters or ""
    assert "Size: 64x64" in parameters
    assert 'Hires sampler: Euler a, Hires prompt: "a [red:blue:1.5], circle"' in parameters
    assert "Hires upscale: 1.5, Hires steps: 2, Hires upscaler: Lanczos" in parameters
    assert shell("reproduce", picture)[0] == 0
    code, _, err = shell("render", picture, "--hires-upscaler", "4x-UltraSharp", "-o", tmp_path / "b.png")
    assert code == 2
    assert "Latent (bicubic)" in err


def test_a_picture_from_a_picture_comes_back_with_it(shell: Shell, tmp_path: Path, start: Path) -> None:
    mask, picture = tmp_path / "mask.png", tmp_path / "a.png"
    spot = Image.new("L", (64, 64))
    spot.paste(255, (16, 16, 40, 40))
    spot.save(mask)
    masked: list[str | Path] = [
        "--init",
        start,
        "--mask",
        mask,
        "--strength",
        "0.8",
        "--mask-content",
        "latent noise",
    ]
    assert shell("render", "blue star", *QUICK, *masked, "-o", picture)[0] == 0
    parameters = read(picture).parameters or ""
    assert "Denoising strength: 0.8, Init image hash: " in parameters
    assert "Mask blur: 4, Masked content: latent noise, Mask hash: " in parameters
    assert shell("reproduce", picture, "--init", start, "--mask", mask)[0] == 0
    code, _, err = shell("reproduce", picture)
    assert code == 2
    assert "give it, with --init FILE" in err
    code, _, err = shell("reproduce", picture, "--init", start)
    assert code == 2
    assert "give it, with --mask FILE" in err
    code, out, _ = shell("reproduce", picture, "--init", picture, "--mask", mask)
    assert code == 1
    assert "made from a picture with hash" in out


def test_the_size_is_that_of_the_picture_to_start_from(shell: Shell, tmp_path: Path) -> None:
    init, picture = tmp_path / "init.png", tmp_path / "a.png"
    Image.new("RGB", (75, 50), "red").save(init)
    code, out, _ = shell("render", "x", "--steps", "2", "--seed", "1", "--init", init, "-o", picture)
    assert code == 0
    assert "72x48" in out


def test_without_its_picture_an_infotext_is_made_from_noise(
    shell: Shell, tmp_path: Path, start: Path
) -> None:
    first = tmp_path / "a.png"
    assert shell("render", "x", *QUICK, "--init", start, "-o", first)[0] == 0
    code, _, err = shell("render", first, "-o", tmp_path / "b.png")
    assert code == 0
    assert "made from another picture, and this is made from noise" in err
    assert "Denoising strength" not in (read(tmp_path / "b.png").parameters or "")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--strength", "0.5"], "without --hires or --init"),
        (["--hires-steps", "3"], "without --hires"),
        (["--mask-blur", "3"], "without --init"),
        (["--refiner-switch", "0.5"], "without --refiner"),
        (["--hires", "big"], "neither a factor nor a size"),
        (["--hires", "2", "--strength", "3"], "use 0 to 1"),
        (["--hires", "2", "--hires-sampler", "Eular"], "did you mean 'Euler"),
        (["--init", "nowhere.png"], "does not exist"),
    ],
)
def test_passes_that_cannot_be_run_say_why(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, err = shell("render", "red circle", *arguments, "-o", "x.png")
    assert code == 2
    assert words in " ".join(err.split())
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_keeps_what_is_finished(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Renderer.render
    made: list[Request] = []

    def interrupted(self: Renderer, request: Request, **callbacks: Any) -> Picture:
        if len(made) == 1:
            raise KeyboardInterrupt
        made.append(request)
        return whole(self, request, **callbacks)

    monkeypatch.setattr(Renderer, "render", interrupted)
    code, _, err = shell("render", "x", *QUICK, "--batch-size", "3", "-o", tmp_path / "a.png")
    assert code == 130
    assert "interrupted: 1 of 3 pictures are finished" in err
    assert [path.name for path in tmp_path.iterdir()] == ["a-1.png"]
    monkeypatch.undo()
    assert shell("reproduce", tmp_path / "a-1.png")[0] == 0


def test_a_refiner_takes_over(shell: Shell, tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    options = ["--refiner", "builtin", "--refiner-switch", "0.5"]
    assert shell("render", "red circle", *QUICK, *options, "-o", picture)[0] == 0
    assert "Refiner switch at: 0.5" in (read(picture).parameters or "")
    assert shell("reproduce", picture, "--refiner", "builtin")[0] == 0
    _, out, _ = shell("reproduce", picture)
    assert "is not given, so it does not act" in out
