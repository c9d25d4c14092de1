"""Fixing and formatting prompts in files of other kinds, and marking what is found."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mezzotint.cli.group import cli

FILES = {
    "a.json": (
        '{"prompt": "(a:1,3), c ,b \\ud83d\\ude00", "n": 1}',
        '{"prompt": "(a:1.3), c, b \\ud83d\\ude00", "n": 1}',
    ),
    "a.jsonl": ('{"prompt": "a ,b"}\n\n{"prompt": "(a:1,3)"}', '{"prompt": "a, b"}\n\n{"prompt": "(a:1.3)"}'),
    "a.toml": ("# c\nprompt = '''\n(a:1,3), c ,b'''", "# c\nprompt = '''\n(a:1.3), c, b'''"),
    "a.yaml": ("b: &b\n  prompt: (a:1,3), c ,b # c\n", "b: &b\n  prompt: (a:1.3), c, b # c\n"),
    "styles.csv": (
        'name,prompt,negative_prompt\r\nA,"{prompt}, (a:1,3)","b ,""c"""\r\n',
        'name,prompt,negative_prompt\r\nA,"{prompt}, (a:1.3)","b,""c"""\r\n',
    ),
    "wildcards/a.txt": ("# list\n2::(a:1,3), c ,b\n", "# list\n2::(a:1.3), c, b\n"),
}


def run(*arguments: str | Path, stdin: str | None = None) -> Result:
    return CliRunner().invoke(cli, [str(one) for one in arguments], input=stdin, catch_exceptions=False)


def write(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(text.encode())
    return file


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_hosts_are_fixed_and_formatted(tmp_path: Path, name: str, mark: str) -> None:
    if name.endswith(".yaml"):
        pytest.importorskip("yaml")
    before, after = FILES[name]
    file = write(tmp_path, name, mark + before)
    for command in (("format", "--check"), ("format", "--diff"), ("fix", "--unsafe-fixes", "--diff")):
        result = run(*command, file)
        assert result.exit_code == 1
        assert name in result.stdout
        assert "--diff" not in command or result.stdout.startswith(f"--- {file}\n+++ {file}\n")
    assert file.read_bytes() == (mark + before).encode()
    run("fix", "--unsafe-fixes", file)
    assert run("format", file).exit_code == 0
    assert file.read_bytes() == (mark + after).encode()
    assert run("format", "--check", file).exit_code == 0


def test_fields_that_are_named_are_rewritten(tmp_path: Path) -> None:
    file = write(tmp_path, "a.json", '{"prompt": "a ,b", "x": {"caption": "c ,d"}}')
    run("format", "--field", "**.caption", file)
    assert file.read_bytes() == b'{"prompt": "a ,b", "x": {"caption": "c, d"}}'


def test_what_cannot_be_written_is_told_and_left_alone(tmp_path: Path) -> None:
    file = write(tmp_path, "a.toml", "prompt = 'a ,b'\nnegative_prompt = '''c ,\\\n\"\"\"d'''\n")
    assert run("format", file).exit_code == 0
    assert file.read_bytes().startswith(b"prompt = 'a, b'\n")
    yaml = write(tmp_path, "a.yaml", 'prompt: ! "a\\\n  \\x20,b"\n')
    result = run("format", yaml)
    assert result.exit_code == 0


def test_a_style_keeps_what_it_does_to_any_prompt(tmp_path: Path) -> None:
    text = "name,prompt,negative_prompt\nA,a \\{prompt},\nB,a \\b {prompt},\n"
    file = write(tmp_path, "styles.csv", text)
    run("fix", file)
    assert file.read_bytes().decode() == text.replace("\\b", "b")


def test_standard_input_may_be_any_file() -> None:
    result = run("check", "--fix", "--stdin-filename", "a.json", "-", stdin='{"prompt": "a \\\\b"}')
    assert result.stdout == '{"prompt": "a b"}'
    for command in ("format", "optimize"):
        result = run(command, "--stdin-filename", "a.json", "-", stdin='{"prompt":  "(cat:1.0) ,b"}')
        assert (
            result.stdout
            == {
                "format": '{"prompt":  "(cat:1), b"}',
                "optimize": '{"prompt":  "cat ,b"}',
            }[command]
        )


def test_what_was_fixed_may_be_told_by_the_exit_status(tmp_path: Path) -> None:
    for command in (("fix",), ("check", "--fix")):
        file = write(tmp_path, "a.txt", "a \\b")
        assert run(*command, "--exit-non-zero-on-fix", file).exit_code == 1
        assert run(*command, "--exit-non-zero-on-fix", file).exit_code == 0
        assert run(*command, "--exit-non-zero-on-fix", "-", stdin="a \\b").exit_code == 1
        assert run(*command, "-", stdin="a \\b").exit_code == 0


def test_unused_comments_are_taken_out(tmp_path: Path) -> None:
    pytest.importorskip("yaml")
    text = 'prompt: "a clock 10:30" # mezzotint: ignore[MZ201, MZ009]\nx: 1 # mezzotint: ignore[MZ201] why\n'
    file = write(tmp_path, "a.yaml", text)
    assert run("fix", file).exit_code == 0
    assert file.read_bytes().decode() == 'prompt: "a clock 10:30" # mezzotint: ignore[MZ201]\nx: 1\n'
    file = write(tmp_path, "a.json", '{"prompt": "a cat # mezzotint: ignore[MZ009]", "n": 1}')
    assert run("fix", file).exit_code == 0
    assert file.read_bytes() == b'{"prompt": "a cat", "n": 1}'
    file = write(tmp_path, "a.txt", "# mezzotint: ignore[MZ201,MZ009,MZ006]\n(a:1,3)\r\n")
    assert run("fix", file).exit_code == 0
    assert file.read_bytes() == b"# mezzotint: ignore[MZ009]\n(a:1,3)\r\n"


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        (
            "a.txt",
            "(a:1,3),\r\na clock 10:30",
            "(a:1,3),  # mezzotint: ignore[MZ009]\r\na clock 10:30  # mezzotint: ignore[MZ201]",
        ),
        (
            "wildcards/a.txt",
            "(a:1,3) # mezzotint: ignore[MZ101]\nb\n",
            "(a:1,3) # mezzotint: ignore[MZ101, MZ009]\nb\n",
        ),
    ],
)
def test_what_is_found_is_marked(tmp_path: Path, name: str, before: str, after: str) -> None:
    file = write(tmp_path, name, before)
    assert run("check", "--add-ignores", "--diff", file).exit_code == 0
    assert file.read_bytes().decode() == before
    assert run("check", "--add-ignores", file).exit_code == 0
    assert file.read_bytes().decode() == after
    assert "error MZ009" not in run("check", file).stdout
    assert run("check", "--add-ignores", file).stderr == "0 files marked\n"


@pytest.mark.parametrize(
    ("name", "options", "text"),
    [
        ("a.json", (), '{"prompt": "(a:1,3)"}'),
        ("a.txt", ("--dialect", "comfy"), "(a:1,3)"),
        ("b.txt", (), "a (cat:1,3)\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Size: 512x512"),
        ("c.txt", (), "(a:1,3) --ar 16:9"),
    ],
)
def test_comments_are_written_only_where_they_are_stripped(
    tmp_path: Path, name: str, options: tuple[str, ...], text: str
) -> None:
    file = write(tmp_path, name, text)
    result = run("check", "--add-ignores", *options, file)
    assert (result.exit_code, file.read_bytes().decode()) == (2, text)
    assert "per-file-ignores" in result.stderr


def test_what_fix_can_try_is_said(tmp_path: Path) -> None:
    file = write(tmp_path, "a.txt", "a \\b (cat")
    result = run("check", file)
    assert "mezzotint fix has remedies for 1 of these, and with --unsafe-fixes for 1 more" in result.stderr
    assert "remedies" not in run("check", "--json", file).output
    result = run("fix", file)
    assert "mezzotint fix --unsafe-fixes has remedies for 1 of these" in result.stderr
    assert "remedies" not in run("fix", "--unsafe-fixes", file).stderr
    assert "remedies" not in run("check", file).stderr
