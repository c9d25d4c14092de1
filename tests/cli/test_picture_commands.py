"""Rendering and reproducing as a shell would: files, exit statuses, words."""

import json
import sys
from pathlib import Path

import pytest

from mezzotint.cli import main
from mezzotint.runtime.metadata.read import read

MISSION = Path(__file__).parents[1] / "golden" / "mission_example.txt"
QUICK = ["--steps", "3", "--size", "64x64", "--seed", "5"]


@pytest.fixture
def mezzotint(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> "Shell":
    return Shell(monkeypatch, capsys)


class Shell:
    """Runs the command and gives its exit status, output and errors."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.monkeypatch, self.capsys = monkeypatch, capsys

    def __call__(self, *arguments: str | Path) -> tuple[object, str, str]:
        self.monkeypatch.setattr(sys, "argv", ["mezzotint", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = self.capsys.readouterr()
        return ended.value.code, out, err


def test_render_and_reproduce(mezzotint: Shell, tmp_path: Path) -> None:
    picture = tmp_path / "new" / "red.png"
    code, out, _ = mezzotint(
        "render", "a (red:1.2) circle", "--negative", "blurry", "--sampler", "Euler a", *QUICK, "-o", picture
    )
    assert code == 0
    assert "red.png  64x64, seed 5" in out
    code, out, _ = mezzotint("reproduce", picture, "-o", tmp_path / "again.png")
    assert code == 0
    assert "identical: all 64x64 pixels are the same, bit for bit" in out
    assert (tmp_path / "again.png").read_bytes() == picture.read_bytes()
    code, out, _ = mezzotint("info", "--json", picture)
    (row,) = json.loads(out)
    assert row["settings"]["Sampler"] == "Euler a"
    assert row["negative_prompt"] == "blurry"
    assert row["record"]["threads"] >= 1


def test_render_takes_a_whole_infotext_or_picture(mezzotint: Shell, tmp_path: Path) -> None:
    first, second = tmp_path / "first.png", tmp_path / "second.png"
    code, _, _ = mezzotint(
        "render", MISSION, "--model", "builtin", "--steps", "2", "--size", "64x64", "-o", first
    )
    assert code == 0
    parameters = read(first).parameters or ""
    assert "Sampler: DPM++ SDE, Schedule type: Karras" in parameters
    assert "Seed: 3120790884" in parameters
    assert "Negative prompt: lowres, ((bad anatomy))" in parameters
    code, _, _ = mezzotint("render", first, "-o", second)
    assert code == 0
    assert first.read_bytes() == second.read_bytes()


def test_a_batch_counts_its_seeds_up(mezzotint: Shell, tmp_path: Path) -> None:
    code, out, _ = mezzotint(
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
    assert mezzotint("reproduce", tmp_path / "b-2.png")[0] == 0


def test_reproduce_says_when_it_cannot(mezzotint: Shell, tmp_path: Path) -> None:
    assert mezzotint("reproduce", tmp_path / "none.png")[0] == 2
    (tmp_path / "text.txt").write_text(MISSION.read_text(encoding="utf-8"), encoding="utf-8")
    code, _, err = mezzotint("reproduce", tmp_path / "text.txt")
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
    mezzotint: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, err = mezzotint("render", "red circle", *arguments)
    assert code == 2
    assert words in err
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


def test_a_broken_prompt_is_shown_with_its_place(mezzotint: Shell, tmp_path: Path) -> None:
    code, _, err = mezzotint("render", "red\n(cat:1.2.3)", "-o", tmp_path / "x.png")
    assert code == 2
    assert "<prompt>:2:6: error MZ001" in err
    assert "help: write one number" in err


def test_models_lists_the_built_in_one(mezzotint: Shell) -> None:
    code, out, _ = mezzotint("models", "--json")
    assert code == 0
    assert json.loads(out)[0]["name"] == "builtin"


def test_the_picture_being_read_is_never_overwritten(mezzotint: Shell, tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    assert mezzotint("render", "red circle", *QUICK, "-o", picture)[0] == 0
    before = picture.read_bytes()
    for command in ("render", "reproduce"):
        code, _, err = mezzotint(command, picture, "-o", picture)
        assert code == 2
        assert "is the file that is being read" in err
    assert picture.read_bytes() == before


def test_warnings_cannot_drive_the_terminal(mezzotint: Shell, tmp_path: Path) -> None:
    code, _, err = mezzotint("render", "x <lora:\x1b]0;owned\x07:1>", *QUICK, "-o", tmp_path / "x.png")
    assert code == 0
    assert "\x1b" not in err
    assert "no network is called" in err
