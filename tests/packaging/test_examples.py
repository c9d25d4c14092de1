"""Every example runs as its first line says."""

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

EXAMPLES = Path(__file__).parents[2] / "examples"


def run(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(EXAMPLES / name), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=EXAMPLES.parent)


def test_lint_a_folder(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text("a cat", encoding="utf-8")
    assert run("lint_a_folder.py", str(tmp_path)).returncode == 0
    (tmp_path / "bad.txt").write_text("a clock 10:30", encoding="utf-8")
    done = run("lint_a_folder.py", str(tmp_path))
    assert done.returncode == 1
    assert "MZ201" in done.stdout


def test_round_trip() -> None:
    done = run("round_trip.py")
    assert done.returncode == 0, done.stderr
    assert "seed 11" in done.stdout
    assert "identical (0 of" in done.stdout


@pytest.mark.parametrize("name", ["weight_sweep.py", "diffusers_prompt_embeds.py"])
def test_examples_that_write_a_picture(tmp_path: Path, name: str) -> None:
    target = tmp_path / "out.png"
    done = run(name, str(target))
    assert done.returncode == 0, done.stderr
    with Image.open(target) as image:
        assert min(image.size) >= 64


def test_every_example_is_tested() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    assert all(path.name in source for path in EXAMPLES.glob("*.py"))
