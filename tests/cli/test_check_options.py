"""What is checked, and how it is configured."""

import json
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mezzotint.cli.group import cli
from mezzotint.cli.watch import changes
from mezzotint.compiler.lint.config import read_config
from mezzotint.compiler.lint.config_file import find_config

ROOT = Path(__file__).parents[2]
BAD = "a (cat:1,3), sunset\na clock 10:30"


def run(*arguments: str | Path, stdin: str | None = None) -> Result:
    return CliRunner().invoke(cli, [str(one) for one in arguments], input=stdin)


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    find_config.cache_clear()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))  # for a checkout that is not installed
    write("a.txt", BAD)


def write(name: str, text: str) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")
    return path


def codes(*arguments: str | Path) -> list[str]:
    result = run("check", "--output-format", "json", *arguments)
    assert result.exit_code in (0, 1), result.output
    return [row["code"] for row in json.loads(result.stdout)]


def places(*arguments: str | Path) -> list[tuple[str, int, int]]:
    rows = json.loads(run("check", "--json", *arguments).stdout)
    return [(row["code"], row["line"], row["column"]) for row in rows]


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ((), ["MZ009", "MZ201"]),
        (("--select", "MZ2"), ["MZ201"]),
        (("--select", "mz201,MZ009"), ["MZ009", "MZ201"]),
        (("--select", "decimal-comma"), ["MZ009"]),
        (("--ignore", "MZ2"), ["MZ009"]),
        (("--select", "MZ201", "--ignore", "MZ2"), ["MZ201"]),
        (("--select", "MZ2", "--ignore", "MZ201"), []),
        (("--ignore", "ALL", "--extend-select", "MZ201"), ["MZ201"]),
        (("--select", "ALL"), ["MZ009", "MZ201"]),
    ],
)
def test_the_longer_selector_wins(options: tuple[str, ...], found: list[str]) -> None:
    assert codes(*options, "a.txt") == found


def test_what_readers_report_is_selected_like_rules() -> None:
    write("m.txt", "a cat --aspekt 16:9 --v 6")
    assert "MZ011" in codes("m.txt")
    assert "MZ011" not in codes("--ignore", "unknown-flag", "m.txt")


@pytest.mark.parametrize("option", ["--select", "--ignore", "--extend-select"])
def test_a_selector_that_selects_nothing_is_refused(option: str) -> None:
    result = run("check", option, "MZ999", "a.txt")
    assert "MZ999" in str(result.exception)


def test_exit_codes() -> None:
    write("info.txt", "a cat, a cat, a cat")
    write("good.txt", "a cat")
    assert run("check", "good.txt").exit_code == 0
    assert run("check", "a.txt").exit_code == 1
    assert run("check", "a.txt", "none.txt").exit_code == 2
    assert run("check", "--exit-zero", "a.txt").exit_code == 0
    assert run("check", "--exit-zero", "none.txt").exit_code == 2
    assert run("check", "--select", "MZ003", "a.txt").exit_code == 0
    write("warning.txt", "(cat")
    assert run("check", "--fail-level", "error", "warning.txt").exit_code == 0
    assert run("check", "--bad-option", "a.txt").exit_code == 2


def test_the_target_decides_what_is_wrong() -> None:
    write("w.txt", "a (cat:1.35), red")
    assert codes("--target", "sd1", "w.txt") == []
    assert codes("--target", "flux", "w.txt") == ["MZ207"]
    assert "MZ304" in codes("--dialect", "comfy", write("s.txt", "[a:b:0.5] c"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a clock 10:30 # mezzotint: ignore[MZ201]", []),
        ("a clock 10:30 # mezzotint: ignore[prompt-weight]", []),
        ("a clock 10:30 # mezzotint: ignore", []),
        ("# mezzotint: ignore[MZ2, MZ009]\na clock 10:30", ["MZ106"]),
        ("# mezzotint: ignore-file[MZ006]\na \\b, a clock 10:30", ["MZ201"]),
        ("a clock 10:30 # mezzotint: ignore[MZ009]", ["MZ201", "MZ106"]),
        ("# mezzotint: ignore[MZ201]\na dog,\na clock 10:30", ["MZ106", "MZ201"]),
        ("(cat:1,3), # mezzotint: ignore[MZ009]\n(cat:1,3)", ["MZ009"]),
    ],
)
def test_comments_switch_findings_off(text: str, found: list[str]) -> None:
    assert codes(write("s.txt", text)) == found
    plain = subprocess.run(
        [sys.executable, "-m", "mezzotint", "check", "s.txt"], capture_output=True, encoding="utf-8"
    )
    assert plain.returncode == bool(found)


def test_the_nearest_configuration_counts() -> None:
    write("mezzotint.toml", 'ignore = ["MZ009"]')
    write("sub/pyproject.toml", '[tool.mezzotint]\nselect = ["MZ009"]')
    write("sub/deep/a.txt", BAD)
    write("other/pyproject.toml", "[tool.ruff]\n")
    write("other/a.txt", BAD)
    assert codes("a.txt") == ["MZ201"]
    assert codes("sub/deep/a.txt") == ["MZ009"]
    assert codes("other/a.txt") == ["MZ201"]
    assert codes("--isolated", "a.txt") == ["MZ009", "MZ201"]
    assert codes("--config", "sub/pyproject.toml", "a.txt") == ["MZ009"]
    assert codes("--ignore", "MZ201", "a.txt") == []


def test_a_check_without_options_reads_the_configuration_too() -> None:
    write("mezzotint.toml", 'ignore = ["ALL"]')
    plain = subprocess.run([sys.executable, "-m", "mezzotint", "check", "a.txt"], capture_output=True)
    assert (plain.returncode, plain.stdout) == (0, b"")


def test_files_are_ignored_by_pattern() -> None:
    write("mezzotint.toml", '[per-file-ignores]\n"old/**" = ["MZ2"]\n"b.txt" = ["ALL"]')
    assert codes(write("old/x/a.txt", BAD)) == ["MZ009"]
    assert codes("--select", "MZ201", "old/x/a.txt") == []
    assert codes(write("b.txt", BAD)) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("selct = []", 'unknown key "selct"'),
        ("select = 3", '"select" must be a list'),
        ('target = "sd9"', '"target" must be one of'),
        ("line-mode = 1", '"line-mode" must be true or false'),
        ('ignore = ["MZ999"]', '"MZ999"'),
        ('[per-file-ignores]\n"a" = 3', '"per-file-ignores" must be'),
        ("steps = true", '"steps" must be a whole number'),
        ("a = [", "not TOML"),
    ],
)
def test_a_bad_configuration_is_named_with_its_file(text: str, said: str) -> None:
    write("mezzotint.toml", text)
    plain = subprocess.run(
        [sys.executable, "-m", "mezzotint", "check", "a.txt"], capture_output=True, encoding="utf-8"
    )
    assert plain.returncode == 2
    assert "mezzotint.toml: " in plain.stderr
    assert said in plain.stderr


def test_each_line_may_be_a_prompt() -> None:
    write("list.txt", "a (cat\r\n\r\n# a note\r\nb 10:30\r\nfine\n")
    assert places("--line-mode", "list.txt") == [("MZ003", 1, 3), ("MZ201", 4, 5)]


def test_wildcard_files_are_lists_with_weights() -> None:
    write("wildcards/x.txt", "2::a (cat\nb 10:30\n# mezzotint: ignore[MZ201]\nc 10:30\n")
    assert places("wildcards") == [("MZ003", 1, 6), ("MZ201", 2, 5)]
    assert codes("--no-line-mode", "wildcards") != ["MZ003", "MZ201"]


@pytest.mark.parametrize(
    ("name", "text", "marked"),
    [
        ("a.json", r'{"x": [{"prompt": "a \ud83e\udd8a \"b\" (cat:1,3)"}]}', ":1,3"),
        ("a.jsonl", '{"prompt": "(cat:1,3)"}\n{"prompt": "fine"}\n', ":1,3"),
        ("a.toml", '[a]\nprompt = "(cat:1,3)"\n', ":1,3"),
        ("a.yaml", "x:\n  - prompt: a (cat:1,3)\n    other: (dog:1,3)\n", ":1,3"),
    ],
)
def test_prompts_stand_in_fields(name: str, text: str, marked: str) -> None:
    if name.endswith(".yaml"):
        pytest.importorskip("yaml")
    (row,) = json.loads(run("check", "--json", write(name, text)).stdout)
    assert row["code"] == "MZ009"
    assert text[row["start"] : row["end"]] == marked


def test_fields_are_named_by_paths() -> None:
    write("p.json", '{"a": {"b": ["(x:1,3)", "(y:1,3)"]}, "prompt": "(z:1,3)", "negative": "a AND b 10:30"}')
    assert len(codes("p.json")) == 1
    assert len(codes("--field", "a.b.*", "p.json")) == 2
    assert len(codes("--field", "a.b.1", "--field", "prompt", "p.json")) == 2
    assert len(codes("--field", "**", "p.json")) == 3


@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.toml", "a.yaml"])
def test_a_broken_file_of_fields_is_named(name: str) -> None:
    if name.endswith(".yaml"):
        pytest.importorskip("yaml")
    for text in ('{"prompt": "a', "[" * 5000):
        result = run("check", write(name, text))
        assert result.exit_code == 2
        assert f"{name}: not " in result.stderr


def test_processes_find_the_same_in_the_same_order() -> None:
    lines = [f"a clock {at}:30" if at % 7 == 0 else f"a {at} cat, (dog:1,3)" for at in range(9000)]
    write("big.txt", "\n".join(lines))
    arguments = ["check", "--line-mode", "--output-format", "concise", "big.txt", "a.txt", "none.txt"]
    alone, shared = (
        subprocess.run([sys.executable, "-m", "mezzotint", *arguments, "--jobs", jobs], capture_output=True)
        for jobs in ("1", "2")
    )
    assert alone.stdout == shared.stdout
    assert alone.returncode == shared.returncode == 2
    assert shared.stderr.count(b"none.txt") == 1


def test_watching_notices_changes_and_new_configurations() -> None:
    seen = changes(["a.txt"], pause=0)
    next(seen)
    write("a.txt", "a longer text than it was")
    next(seen)
    write("mezzotint.toml", "")
    assert len(list(islice(seen, 1))) == 1


def test_watching_reads_an_edited_configuration_again() -> None:
    config = write("mezzotint.toml", 'ignore = ["MZ201"]')
    seen = changes(["a.txt"], pause=0)
    next(seen)
    before = read_config(str(config))
    write("mezzotint.toml", 'ignore = ["MZ009", "MZ201"]')
    next(seen)
    assert read_config(str(config)) != before


def test_names_from_files_cannot_drive_the_terminal() -> None:
    write("sub/mezzotint.toml", '"\x7f" = 1'.replace("\x7f", "\\u001b]0;owned"))
    write("sub/a.txt", "a")
    plain = subprocess.run([sys.executable, "-m", "mezzotint", "check", "sub/a.txt"], capture_output=True)
    assert plain.returncode == 2
    assert b"\x1b" not in plain.stderr
