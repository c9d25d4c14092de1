"""Which files of folders are checked, and the options about files."""

import json
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mezzotint.cli.file_check import Job
from mezzotint.cli.group import cli
from mezzotint.cli.shares import check_shared
from mezzotint.cli.watch import changes
from mezzotint.compiler.lint.config import Settings, read_config
from mezzotint.compiler.lint.config_file import find_config

ROOT = Path(__file__).parents[2]
BAD = "a (cat:1,3), sunset\na clock 10:30"


def run(*arguments: str | Path, stdin: str | None = None) -> Result:
    return CliRunner().invoke(cli, [str(one) for one in arguments], input=stdin)


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    find_config.cache_clear()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))  # for a checkout that is not installed
    for name in ("a.txt", "b.prompt", "c.md", "old/a.txt", "old/deep/d.txt", ".venv/e.txt", "styles.csv"):
        write(name, BAD)


def write(name: str, text: str) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")
    return path


def files(*arguments: str | Path) -> list[str]:
    find_config.cache_clear()
    read_config.cache_clear()
    result = run("check", "--show-files", *arguments)
    assert result.exit_code == 0, result.output
    return result.stdout.splitlines()


ALL = ["a.txt", "b.prompt", "old/a.txt", "old/deep/d.txt", "styles.csv"]


def test_without_a_file_the_current_folder_is_checked() -> None:
    assert files() == files(".") == ALL
    assert files(Path.cwd()) == [str(Path.cwd() / name) for name in ALL]
    assert "in 4 files" in run("check").stderr  # styles.csv holds none


def test_text_files_that_hold_no_prompts_are_left_out_of_folders() -> None:
    for name in ("requirements-dev.txt", "docs/LICENSE.txt", "sub/CMakeLists.txt", "robots.txt"):
        write(name, BAD)
    assert files() == ALL
    assert files("robots.txt") == ["robots.txt"]
    assert files("--force-exclude", "robots.txt") == []


@pytest.mark.parametrize(
    ("options", "left"),
    [
        (("--exclude", "old"), [".venv/e.txt", "a.txt", "b.prompt", "styles.csv"]),
        (("--extend-exclude", "old"), ["a.txt", "b.prompt", "styles.csv"]),
        (("--extend-exclude", "old/deep, *.prompt"), ["a.txt", "old/a.txt", "styles.csv"]),
        (("--extend-exclude", "old/*.txt", "--extend-exclude", "a.txt"), ["b.prompt", "styles.csv"]),
    ],
)
def test_what_is_excluded_is_left_out_of_folders(options: tuple[str, ...], left: list[str]) -> None:
    assert files(*options) == left


def test_exclusions_are_configured_from_the_folder_of_the_configuration() -> None:
    write("mezzotint.toml", 'extend-exclude = ["old/deep", "/nothing"]')
    assert files("old") == ["old/a.txt"]
    assert files("--isolated", "old") == ["old/a.txt", "old/deep/d.txt"]
    write("mezzotint.toml", 'exclude = ["*.prompt"]')
    plain = subprocess.run([sys.executable, "-m", "mezzotint", "check", "."], capture_output=True, text=True)
    assert ".venv/e.txt:" in plain.stdout
    assert "b.prompt:" not in plain.stdout


def test_what_is_named_is_checked_unless_exclusion_is_forced() -> None:
    assert files(".venv", ".venv/e.txt") == [".venv/e.txt"]
    assert files("--force-exclude", ".venv", ".venv/e.txt", "a.txt") == ["a.txt"]
    config = write("mezzotint.toml", "force-exclude = true")
    assert files(".venv/e.txt", "a.txt") == ["a.txt"]
    assert files("--no-force-exclude", ".venv/e.txt") == [".venv/e.txt"]
    plain = subprocess.run([sys.executable, "-m", "mezzotint", "check", ".venv/e.txt"], capture_output=True)
    assert plain.returncode == 0
    config.unlink()


def test_what_git_ignores_is_left_out_of_folders() -> None:
    write(".gitignore", "old/*\n!old/deep/\n*.prompt\n")
    assert files() == ["a.txt", "old/deep/d.txt", "styles.csv"]
    assert files("b.prompt") == ["b.prompt"]
    assert files("--no-respect-gitignore") == ALL
    write("mezzotint.toml", "respect-gitignore = false")
    assert files() == ALL
    assert files("--respect-gitignore") == ["a.txt", "old/deep/d.txt", "styles.csv"]


def test_format_and_fix_leave_the_same_out() -> None:
    write("d/a.txt", "a ,b")
    write("d/old/a.txt", "a ,b")
    assert run("format", "--extend-exclude", "old", "d").exit_code == 0
    assert (Path("d/a.txt").read_text(), Path("d/old/a.txt").read_text()) == ("a, b", "a ,b")
    write("d/a.txt", "a \\b dog")
    write("d/old/a.txt", "a \\b dog")
    run("fix", "--extend-exclude", "old", "d")
    assert Path("d/a.txt").read_text() != Path("d/old/a.txt").read_text() == "a \\b dog"


def test_standard_input_may_have_the_name_of_a_file() -> None:
    write("mezzotint.toml", '[per-file-ignores]\n"old/*" = ["MZ2"]')
    write("old/mezzotint.toml", 'extend = "../mezzotint.toml"\nline-mode = true')

    def found(name: str, text: str) -> list[tuple[str, str, int, int]]:
        rows = json.loads(run("check", "--json", "--stdin-filename", name, "-", stdin=text).stdout)
        return [(row["file"], row["code"], row["line"], row["column"]) for row in rows]

    assert found("new.txt", BAD) == [("new.txt", "MZ009", 1, 7), ("new.txt", "MZ201", 2, 11)]
    assert found("old/new.txt", BAD) == [("old/new.txt", "MZ009", 1, 7)]
    assert found("x.json", '{"prompt": "(cat:1,3)"}') == [("x.json", "MZ009", 1, 17)]
    assert found("x.csv", 'name,prompt,negative_prompt\na,"(d",e\n') == [("x.csv", "MZ003", 2, 4)]
    assert found("wildcards/x.txt", "2::a (cat\n") == [("wildcards/x.txt", "MZ003", 1, 6)]


def test_standard_input_is_no_picture() -> None:
    result = run("check", "--stdin-filename", "a.png", "-", stdin="a")
    assert result.exit_code == 2
    assert "a.png: pictures are not read from standard input" in result.stderr


@pytest.mark.parametrize("output_format", ["text", "json"])
def test_findings_are_written_to_a_file(output_format: str) -> None:
    told = run("check", "--output-format", output_format, "a.txt")
    result = run("check", "--output-format", output_format, "--output-file", "out", "a.txt")
    assert (result.exit_code, result.stdout) == (1, "")
    assert Path("out").read_text(encoding="utf-8") == told.stdout
    assert [path.name for path in Path.cwd().glob(".*.part")] == []


def test_a_file_that_cannot_be_written_is_named() -> None:
    result = run("check", "--output-file", "nowhere/out", "a.txt")
    assert "nowhere/out" in str(result.exception)


def test_watching_notices_files_that_come_and_go_in_a_folder() -> None:
    seen = changes(["old"], pause=0)
    next(seen)
    write("old/new.txt", "a")
    next(seen)
    Path("old/new.txt").unlink()
    next(seen)
    Path("old/a.txt").unlink()
    Path("old/deep/d.txt").unlink()
    Path("old/deep").rmdir()
    Path("old").rmdir()
    next(seen)
    write("old/a.txt", BAD)
    next(seen)
    write("old/.gitignore", "*.txt")
    assert len(list(islice(seen, 1))) == 1


def test_watching_notices_changes_of_an_extended_configuration() -> None:
    write("mezzotint.toml", 'extend = "base.toml"')
    write("base.toml", "")
    seen = changes(["a.txt"], pause=0)
    next(seen)
    write("base.toml", "steps = 3")
    assert len(list(islice(seen, 1))) == 1


@pytest.mark.parametrize("patience", [0.0, 60.0])
def test_work_is_shared_out_by_lines(monkeypatch: pytest.MonkeyPatch, patience: float) -> None:
    monkeypatch.setattr("mezzotint.cli.shares.PATIENCE", patience)
    monkeypatch.setattr("mezzotint.cli.shares.LINES", 50)
    lines = [f"{at} \\cat, (dog:1,3)" if at % 3 else "# mezzotint: ignore[MZ009]" for at in range(60)]
    write("list.txt", "\n".join(lines))
    write("data.jsonl", "".join(json.dumps({"prompt": f"🦊 {line}"}) + "\n" for line in lines))
    write("broken.jsonl", '{"prompt": "(a"}\n' * 9 + "{\n")
    settings = Settings(line_mode=True)
    jobs = [
        Job(name, settings, with_fixes=True)
        for name in ("list.txt", "data.jsonl", "broken.jsonl", "none.txt")
    ]
    alone, shared = list(check_shared(jobs, 1)), list(check_shared(jobs, 2))
    whole = [
        json.loads(run("check", "--line-mode", "--json", name).stdout) for name in ("list.txt", "data.jsonl")
    ]
    assert alone == shared
    for one, rows in zip(shared, whole, strict=False):
        assert [(row["code"], row["start"], row["end"]) for row in rows] == [
            (found.code, found.span.start, found.span.end) for found in one.diagnostics
        ]
        assert [row["fixes"] for row in rows] == [
            [
                {
                    "title": fix.title,
                    "safe": fix.is_safe,
                    "edits": [
                        {"start": span.start, "end": span.end, "text": text} for span, text in fix.edits
                    ],
                }
                for fix in found.fixes
            ]
            for found in one.diagnostics
        ]
    assert "broken.jsonl" in shared[2].error
    assert "none.txt" in shared[3].error
