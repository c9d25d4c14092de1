"""Fixing and formatting files."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mezzotint.cli.group import cli


def run(*arguments: str | Path, stdin: str | None = None) -> Result:
    return CliRunner().invoke(cli, [str(one) for one in arguments], input=stdin)


def test_fix_applies_safe_fixes_and_tells_what_is_left(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes("\ufeffa \\b dog,\r\n(cat:1,3)".encode())
    result = run("fix", file)
    assert file.read_bytes() == "\ufeffa b dog,\r\n(cat:1,3)".encode()
    assert "MZ009" in result.stdout
    assert result.exit_code == 1
    assert run("fix", "--unsafe-fixes", file).exit_code == 0
    assert b"(cat:1.3)" in file.read_bytes()


def test_differences_are_shown_and_nothing_is_written(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(b"a \\b dog")
    for command in (("fix", "--diff"), ("check", "--diff")):
        result = run(*command, file)
        assert (result.exit_code, result.stdout.splitlines()[-2:]) == (1, ["-a \\b dog", "+a b dog"])
    assert file.read_bytes() == b"a \\b dog"


def test_what_a_comment_switches_off_is_not_fixed(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(b"a \\b dog # mezzotint: ignore[MZ006]")
    assert run("fix", file).exit_code == 0
    assert b"\\b" in file.read_bytes()


def test_standard_input_is_fixed_and_formatted_to_standard_output() -> None:
    result = run("fix", "-", stdin="a \\b dog, (cat:1,3)")
    assert result.stdout == "a b dog, (cat:1,3)"
    assert "MZ009" in result.stderr
    assert run("format", "-", stdin="a ,b  c\n").stdout == "a, b c\n"


def test_format_is_idempotent_and_keeps_line_ends(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(b"a ,b  c (d:1.20)\r\ne\r\n")
    assert run("format", "--check", file).exit_code == 1
    assert run("format", file).exit_code == 0
    assert file.read_bytes() == b"a, b c (d:1.2)\r\ne\r\n"
    assert run("format", "--check", file).exit_code == 0


def test_both_prompts_of_an_infotext_are_formatted(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    settings = "Steps: 20, Sampler: Euler, CFG scale: 7,  Seed: 1, Size: 512x512"
    file.write_text(f"a ,b\nNegative prompt: c ,d\n{settings}", encoding="utf-8")
    run("format", file)
    assert file.read_text(encoding="utf-8") == f"a, b\nNegative prompt: c, d\n{settings}"


def test_lines_of_an_infotext_keep_the_space_around_them(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    settings = "Steps: 20, Sampler: Euler, CFG scale: 7,  Seed: 1, Size: 512x512"
    file.write_bytes(f"a ,b \r\n  c ,d\r\nNegative prompt:  e ,f\r\n {settings}".encode())
    run("format", file)
    assert file.read_bytes() == f"a, b \r\n  c, d\r\nNegative prompt:  e, f\r\n {settings}".encode()


def test_a_list_keeps_its_lines(tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_bytes(b"# a  list ,\na ,b\r\n\nc ,d\n")
    run("format", "--line-mode", file)
    assert file.read_bytes() == b"# a  list ,\na, b\r\n\nc, d\n"


def test_prompts_in_fields_are_rewritten_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(b'{"prompt": "a ,\\\\b\\u00e9",\r\n "n" : 1.50, "name": "x ,y"}')
    run("format", file)
    assert file.read_bytes() == b'{"prompt": "a,\\\\b\\u00e9",\r\n "n" : 1.50, "name": "x ,y"}'
    run("fix", file)
    assert file.read_bytes() == b'{"prompt": "a,b\\u00e9",\r\n "n" : 1.50, "name": "x ,y"}'


@pytest.mark.parametrize(
    "text", ["a clock at 10:30", "at 10:00", "10:30 # c", "at 10:30 # mezzotint: ignore[MZ201]"]
)
def test_format_leaves_a_time_of_day_for_whoever_mends_it(text: str) -> None:
    assert run("format", "-", stdin=text).stdout == text
    assert run("format", "-", stdin="cat:1.20 AND dog :2.0").stdout == "cat :1.2 AND dog :2"


@pytest.mark.parametrize("command", ["check", "fix", "format", "optimize"])
def test_what_is_no_sheet_is_named(command: str, tmp_path: Path) -> None:
    sheet = tmp_path / "other.csv"
    sheet.write_text("a,b\n1,2\n")
    result = run(command, sheet)
    assert (result.exit_code, f"{sheet}: this is no style sheet" in result.stderr) == (2, True)


def test_the_line_that_is_no_json_is_named(tmp_path: Path) -> None:
    lines = tmp_path / "a.jsonl"
    lines.write_text('{"prompt": "a"}\n{bad\n')
    assert "not a JSON value in line 2" in run("check", lines).stderr
    deep = tmp_path / "a.json"
    deep.write_text("[" * 100_000)
    assert "nested too deeply" in run("check", deep).stderr
