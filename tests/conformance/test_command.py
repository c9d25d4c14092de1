"""``mezzotint conformance``: what it prints, and its exit status."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mezzotint.cli.conformance import conformance_command
from mezzotint.conformance.suite import SHIPPED, ConformanceError

BAD = '{"prompt": "a (b:1.2)", "expect": [["a ", 1.0], ["c", 1.3]]}\n'


def run(*arguments: str) -> Result:
    env = {"OMP_NUM_THREADS": "1"}  # the command sets it where it is not, and other tests would inherit it
    return CliRunner(env=env).invoke(conformance_command, arguments)


def test_without_a_path_the_shipped_suites_run() -> None:
    result = run()
    lines = dict(line.split(" ", 1) for line in result.stdout.splitlines())
    assert result.exit_code == 0
    assert lines["attention"] == "1109/1109"
    assert re.fullmatch(r"(\d+)/\1  max error \d\.\de-\d+", lines["samplers"])
    assert set(lines) == {p.stem if p.stem != "cases" else p.parent.name for p in SHIPPED.rglob("*.jsonl")}


def test_json_has_the_agreed_keys(tmp_path: Path) -> None:
    (tmp_path / "attention.jsonl").write_text(BAD, encoding="utf-8")
    (tmp_path / "teleportation.jsonl").write_text("{}\n", encoding="utf-8")
    result = run("--json", str(tmp_path), str(SHIPPED / "steps.jsonl"))
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {
        "suites": [
            {"suite": "attention", "passed": 0, "total": 1, "max_error": None},
            {"suite": "teleportation", "passed": 0, "total": 1, "max_error": None, "built": False},
            {"suite": "steps", "passed": 158, "total": 158, "max_error": pytest.approx(0, abs=2e-6)},
        ]
    }


def test_differences_are_shown_side_by_side(tmp_path: Path) -> None:
    (tmp_path / "attention.jsonl").write_text(BAD * 3, encoding="utf-8")
    result = run("--show", "2", str(tmp_path))
    assert result.exit_code == 1
    head, *rest = result.stdout.splitlines()
    assert head == "attention 0/3"
    assert sum(line.startswith("  case ") for line in rest) == 2
    rows = [[cell.strip() for cell in line.split("│")] for line in rest if "│" in line]
    assert ["expected", "got"] in rows
    assert ['"c",', '"b",'] in rows
    assert ["1.3", "1.2"] in rows
    assert not any("a " in cell for row in rows for cell in row)  # what is equal is left out


def test_what_is_shown_cannot_drive_the_terminal(tmp_path: Path) -> None:
    row = {"prompt": "\x1b[31m", "expect": [["\x1b]0;x\x07", 1.0]]}
    (tmp_path / "attention.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    assert "\x1b" not in run("--show", "1", str(tmp_path)).stdout


@pytest.mark.parametrize("device", ["teapot", "xla"])
def test_an_unusable_device_is_refused(device: str) -> None:
    result = run("--device", device)
    assert isinstance(result.exception, ConformanceError)
    assert result.stdout == ""


def test_long_values_are_cut(tmp_path: Path) -> None:
    row = {"prompt": "a", "expect": ["x" * 100_000]}
    (tmp_path / "attention.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    assert len(run("--show", "1", str(tmp_path)).stdout) < 20_000


def test_without_torch_the_language_suites_run_and_the_others_say_what_is_missing() -> None:
    code = (
        "import sys\n"
        "for name in ('torch', 'numpy', 'safetensors', 'transformers'): sys.modules[name] = None\n"
        "from mezzotint.cli.conformance import conformance_command\n"
        "conformance_command()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    lines = dict(line.split(" ", 1) for line in done.stdout.splitlines())
    assert lines["infotext_parse"] == "534/534"
    assert lines["midjourney"] == "140/140"
    for suite in ("cond_sd1", "misc_cond", "philox", "samplers", "sigmas", "steps"):
        assert "which is not installed" in lines[suite]
        assert 'pip install "mezzotint[render]"' in lines[suite]
