"""The hooks of pre-commit and the action of GitHub, as those programs read and run them."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

yaml = pytest.importorskip("yaml")

ROOT = Path(__file__).parents[2]
HOOKS: list[dict[str, str]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]


def test_pre_commit_takes_the_hooks() -> None:
    pytest.importorskip("pre_commit")
    command = [sys.executable, "-m", "pre_commit", "validate-manifest", ".pre-commit-hooks.yaml"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: str(hook["id"]))
def test_hooks_look_at_prompts_only(hook: dict[str, str], tmp_path: Path) -> None:
    good = ("a.prompt", "prompts/cat.txt", "robots in town.txt")
    others = ("requirements.txt", "docs/requirements-dev.txt", "CMakeLists.txt", "LICENSE.txt", "a.py")
    handed = [name for name in (*good, *others) if re.search(hook["files"], name)]
    for name in handed:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("a\\b  ,(cat", encoding="utf-8")
    _, *arguments = hook["entry"].split()
    command = [sys.executable, "-m", "mezzotint", *arguments, "--isolated", *handed]
    path = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=path)
    is_touched = {name: (tmp_path / name).read_text(encoding="utf-8") != "a\\b  ,(cat" for name in handed}
    if "check" in hook["id"]:
        is_touched = {name: f"{name}:1:" in done.stdout for name in handed}
    assert is_touched == {name: name in good for name in handed}
    assert set(good) <= set(handed)
    assert "a.py" not in handed


def test_the_action_never_spells_an_input_into_a_script() -> None:
    assert not any("${{" in step["run"] for step in STEPS)
    used = {
        name
        for step in STEPS
        for value in step["env"].values()
        for name in re.findall(r"inputs\.([\w-]+)", value)
    }
    assert used == set(ACTION["inputs"])


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with a good prompt and a bad one, and the command where the action installs it."""
    command = tmp_path / "mezzotint/bin/mezzotint"
    command.parent.mkdir(parents=True)
    command.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m mezzotint "$@"\n')
    command.chmod(0o755)
    folder = tmp_path / "repository"
    folder.mkdir()
    (folder / "good.txt").write_text("a red cat", encoding="utf-8")
    (folder / "bad.txt").write_text("a clock 10:30", encoding="utf-8")
    return folder


def run_check(folder: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run the action's last step as GitHub does."""
    step = STEPS[-1]
    values = {
        name: inputs.get(name.replace("-", "_"), one["default"]) for name, one in ACTION["inputs"].items()
    }
    env = {
        key: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda found: values[found[1]], value)
        for key, value in step["env"].items()
    }
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    env = {**os.environ, "RUNNER_TEMP": str(folder.parent), **env}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)


def test_the_action_fails_where_check_does(repository: Path) -> None:
    done = run_check(repository)
    assert done.returncode == 1
    assert "::error file=bad.txt" in done.stdout
    assert run_check(repository, files="good.txt").returncode == 0
    assert run_check(repository, args="--ignore MZ201").returncode == 0


def test_the_action_writes_a_report(repository: Path) -> None:
    assert run_check(repository, output_format="sarif", output_file="a b.sarif").returncode == 1
    assert '"MZ201"' in (repository / "a b.sarif").read_text(encoding="utf-8")


@pytest.mark.parametrize("files", ["; touch pwned", "$(touch pwned)", "`touch pwned`", "--help"])
def test_inputs_are_never_run(repository: Path, files: str) -> None:
    assert run_check(repository, files=files).returncode == 2
    assert run_check(repository, files="good.txt", output_file="$(touch pwned)").returncode == 0
    assert not (repository / "pwned").exists()
