"""``mezzotint info`` as a shell would run it."""

import csv
import json
import os
import subprocess
import sys
from importlib import import_module
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest

from mezzotint.cli import main
from mezzotint.runtime.metadata.png_chunks import SIGNATURE, chunk, text_chunk
from mezzotint.runtime.metadata.read import read

SAMPLES = Path(__file__).parents[1] / "golden" / "meta_samples"
HEAD = SIGNATURE + chunk(b"IHDR", bytes([0, 0, 0, 8, 0, 0, 0, 8, 8, 2, 0, 0, 0]))
END = chunk(b"IEND", b"")


class Shell:
    """Runs the command and gives its exit status, output and errors."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.monkeypatch, self.capsys = monkeypatch, capsys

    def __call__(self, *arguments: str | Path) -> tuple[object, str, str]:
        self.monkeypatch.setattr(sys, "argv", ["mezzotint", "info", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = self.capsys.readouterr()
        return ended.value.code, out, err

    def json(self, *arguments: str | Path) -> list[dict[str, Any]]:
        rows = json.loads(self("--json", *arguments)[1])
        assert isinstance(rows, list)
        return rows


@pytest.fixture
def info(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(monkeypatch, capsys)


def test_what_a_person_sees(info: Shell) -> None:
    code, out, err = info(SAMPLES / "comfy_chain_a.png")
    assert (code, err) == (0, "")
    assert out.splitlines()[1:5] == [
        "  Made with: comfyui",
        "  Prompt: a red fox in fresh snow, (detailed fur:1.2), forest at dusk  [derived]",
        "  Negative prompt: blurry, lowres, (watermark:1.3)  [derived]",
        "  Steps: 25  [derived]",
    ]
    assert "  Sampler: DPM++ 2M  [dpmpp_2m, derived]\n" in out
    assert "  loras: add_detail: 0.6  [derived]\n" in out


def test_what_is_missing(info: Shell) -> None:
    _, out, _ = info(SAMPLES / "midjourney_a.png")
    assert "missing: Steps, Sampler, CFG scale, Seed, Size, Model, the model itself" in out


def test_what_a_program_gets(info: Shell) -> None:
    (row,) = info.json(SAMPLES / "novelai_v4_b.png")
    assert row["tool"] == "novelai"
    assert row["settings"]["Sampler"] == "Euler a"
    assert row["others"]["characters"] == '["girl, red coat"]'
    assert {"key": "Seed", "value": "4294967295", "written": "4294967295", "confidence": "stated"} in row[
        "fields"
    ]
    assert row["infotext"].startswith("une forêt d’automne")
    assert json.loads(row["source"])["steps"] == 32


def test_folders(info: Shell, tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    for name in ("b.png", "a.PNG", "deep/c.png", "notes.txt"):
        (tmp_path / name).write_bytes((SAMPLES / "a1111_a.png").read_bytes())
    rows = info.json(tmp_path)
    assert [Path(row["file"]).name for row in rows] == ["a.PNG", "b.png", "c.png"]
    assert info(tmp_path / "deep")[0] == 0


def test_exit_status(info: Shell, tmp_path: Path) -> None:
    silent = SAMPLES / "diffusers_plain_a.png"
    code, out, _ = info(silent)
    assert code == 1
    assert "nothing about how it was made" in out
    assert info(silent, SAMPLES / "a1111_a.png")[0] == 0
    code, out, err = info(tmp_path / "none.png", SAMPLES / "a1111_a.png")
    assert code == 2
    assert "none.png" in err
    assert "Made with: a1111" in out
    (row,) = info.json(tmp_path / "none.png")
    assert "cannot read" in row["error"]


HOSTILE = (
    "cat \x1b]0;owned\x07\x9b31m \u202etac \u2066<script>\nSteps: 1, Sampler: \x1b[2J, Seed: 1, Mo\x1bdel: x"
)


def test_texts_cannot_drive_the_terminal(info: Shell, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(HEAD + text_chunk("parameters", HOSTILE) + text_chunk("x\x9by", "z\x1bz") + END)
    for arguments in ((path,), ("--json", path)):
        _, out, err = info(*arguments)
        assert not set("\x1b\x07\x9b\u202e\u2066") & set(out + err)
    assert info.json(path)[0]["prompt"] == HOSTILE.split("\n", maxsplit=1)[0]


def test_names_cannot_either(info: Shell, tmp_path: Path) -> None:
    for name in ("\x1b[2J.png", "no\x1b[2J.png"):
        if not name.startswith("no"):
            (tmp_path / name).write_bytes(HEAD + text_chunk("parameters", "a") + END)
        _, out, err = info(tmp_path / name)
        assert "\x1b" not in out + err


def test_what_nobody_recognised_is_shown_in_short(info: Shell, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(HEAD + text_chunk("Author", "x" * 5000) + END)
    code, out, _ = info(path)
    assert code == 1
    assert "(5000 characters)" in out
    assert len(out) < 1000


def test_hidden_texts_are_found_when_asked_for(info: Shell, tmp_path: Path) -> None:
    (row,) = info.json("--hidden", SAMPLES / "novelai_stealth_a.png")
    assert row["tool"] == "novelai"


def test_it_stays_light() -> None:
    code = (
        "import sys\n"
        "import mezzotint.cli.info\n"
        "from mezzotint.runtime.metadata.describe import describe\n"
        f"describe({str(SAMPLES / 'comfy_a.png')!r}); describe({str(SAMPLES / 'a1111_a.avif')!r})\n"
        "print([m for m in ('torch', 'numpy', 'PIL', 'rich', 'xml', 'decimal') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_the_text_as_stored(info: Shell) -> None:
    path = SAMPLES / "a1111_a.png"
    assert info("--raw", path)[1] == f"{read(path).parameters}\n"
    _, out, _ = info("--raw", SAMPLES / "novelai_v4_b.png")
    assert "novelai_v4_b.png: Comment\n{" in out


def test_patterns(info: Shell) -> None:
    rows = info.json(SAMPLES / "comfy_chain_*.png")
    assert [Path(row["file"]).name for row in rows] == ["comfy_chain_a.png", "comfy_chain_b.png"]
    code, _, err = info(SAMPLES / "nothing*.png")
    assert (code, "matches this pattern" in err) == (2, True)


def test_standard_input(info: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    for data, told in (((SAMPLES / "comfy_a.png").read_bytes(), "comfyui"), (b"\x89PNG\r\n\x1a\n", None)):
        monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(data)))
        (row,) = info.json("-")
        assert row["file"] == "standard input"
        assert row.get("tool") == told
        assert "/" not in row.get("error", "")


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("Steps=25", True),
        ("steps = 25.0", True),
        ("Steps!=25", False),
        ("Steps>24", True),
        ("Steps<=24.5", False),
        ("Model=DreamShaper_8", True),
        ("prompt~RED FOX", True),
        ("negative prompt~fox", False),
        ("tool=a1111", True),
        ("Refiner!=x", True),
        ("Refiner=x", False),
        ("Sampler<3", False),
    ],
)
def test_conditions(info: Shell, condition: str, holds: bool) -> None:
    assert len(info.json(SAMPLES / "a1111_a.png", "--where", condition)) == holds


@pytest.mark.parametrize("condition", ["", "Steps", "=3", "Steps<many"])
def test_what_is_no_condition(info: Shell, condition: str) -> None:
    assert info(SAMPLES / "a1111_a.png", "--where", condition)[0] == 2


def test_csv(info: Shell, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    text = '=cmd(), "cat"\nSteps: 1, Seed: -5, Sampler: -x'
    path.write_bytes(HEAD + text_chunk("parameters", text) + END)
    rows = list(csv.DictReader(StringIO(info("--format", "csv", path, SAMPLES / "comfy_a.png")[1])))
    assert rows[0]["prompt"] == '\'=cmd(), "cat"'
    assert (rows[0]["Seed"], rows[0]["Sampler"]) == ("-5", "'-x")
    assert rows[1]["tool"] == "comfyui"


def test_table(info: Shell) -> None:
    _, out, _ = info("--format", "table", SAMPLES / "a1111_a.png", SAMPLES / "comfy_b.png")
    assert [line.split("\t")[1] for line in out.splitlines()] == ["a1111", "comfyui"]


def test_parquet(info: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = import_module("pyarrow.parquet").read_table  # not typed
    (tmp_path / "none.png").touch()
    odd = tmp_path / os.fsdecode(b"\xff.png")
    odd.write_bytes(HEAD + text_chunk("parameters", "=a\nSteps: 1, Seed: 2, file: 3, \x1b é: -4") + END)
    with TextIOWrapper(BytesIO()) as out:
        monkeypatch.setattr(sys, "stdout", out)
        info("--format", "parquet", SAMPLES / "comfy_a.png", tmp_path)
        rows = table(BytesIO(out.buffer.getvalue())).to_pylist()
    assert [row["tool"] for row in rows] == ["comfyui", None, "a1111"]
    assert "is empty" in rows[1]["error"]
    assert rows[2]["file"].endswith("\\udcff.png")
    assert (rows[2]["prompt"], rows[2]["Seed"], rows[2]["error"]) == ("=a", "2", None)
    assert all(value is None or isinstance(value, str) for row in rows for value in row.values())


def test_parquet_needs_pyarrow(info: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    code, _, err = info("--format", "parquet", SAMPLES / "a1111_a.png")
    assert (code, "pip install pyarrow" in err) == (2, True)


def test_several_at_once_in_the_same_order(info: Shell) -> None:
    assert info("--json", "--jobs", "4", SAMPLES) == info("--json", SAMPLES)
