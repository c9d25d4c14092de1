"""Optimizing files."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mezzotint.cli.group import cli
from mezzotint.cli.optimizing import How, optimize_text
from mezzotint.grammar.document import read_document

SETTINGS = "Steps: 20, Sampler: Euler a, CFG scale: 7,  Seed: 1, Size: 512x512"


def run(*arguments: str | Path, stdin: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["optimize", *map(str, arguments)], input=stdin)


def test_a_file_is_optimized_and_the_savings_are_told(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes("\ufeffa  (cat:1),\r\n[wet:dry:0], [x:x:0.5], cat\r\n".encode())
    result = run(file)
    assert file.read_bytes() == "\ufeffa cat,\r\ndry, x, cat\r\n".encode()
    assert (result.exit_code, result.stdout) == (0, "")
    assert f"{file}:2:1: dead-branch" in result.stderr
    assert "1 of 1 prompt optimized" in result.stderr
    assert "texts encoded         2 -> 1 (-1)" in result.stderr
    assert "1 repeated tag, 2 tokens" not in result.stderr
    assert "0 of 1 prompt optimized" in run(file).stderr


def test_nothing_is_written_where_it_is_only_asked(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(b"a (cat:1)")
    result = run("--diff", file)
    assert (result.exit_code, result.stdout.splitlines()[-2:]) == (1, ["-a (cat:1)", "+a cat"])
    result = run("--check", file)
    assert (result.exit_code, result.stdout) == (1, f"would optimize {file}\n")
    assert file.read_bytes() == b"a (cat:1)"
    file.write_bytes(b"a cat")
    assert run("--check", file).exit_code == 0


def test_standard_input_goes_to_standard_output() -> None:
    result = run("-", stdin="a (cat:1), cat, cat\n")
    assert result.stdout == "a cat, cat, cat\n"
    assert "<stdin>:1:3: neutral-weight" in result.stderr
    assert "1 repeated tag, 2 tokens" in result.stderr


def test_line_ends_of_both_kinds_stay() -> None:
    assert optimize_text("a  b\r\nc  d\n", How()).text == "a b\r\nc d\n"
    assert optimize_text("a  b\r\nc  d\r\n", How()).text == "a b\r\nc d\r\n"


def test_steps_make_more_branches_dead() -> None:
    prompt = "a [cat:dog:50]"
    assert run("-", stdin=prompt).stdout == prompt
    assert run("-", "--steps", "20", stdin=prompt).stdout == "a cat"
    assert run("-", "--steps", "20", "--hires-steps", "40", stdin=prompt).stdout == prompt


def test_json(tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_bytes(b"a cat\n\na (dog:1), x, x\n")
    found = json.loads(run("--json", "--line-mode", file).stdout)
    assert file.read_bytes() == b"a cat\n\na dog, x, x\n"
    (shown,) = found["files"]
    assert (shown["changed"], [one["applied"] for one in shown["prompts"]]) == (
        True,
        [[], [{"name": "neutral-weight", "line": 3, "column": 3, "characters": 4}]],
    )
    assert shown["prompts"][1]["repeated"] == [{"tag": "x", "line": 3, "column": 15, "tokens": 2}]
    assert (found["before"]["characters"], found["after"]["characters"]) == (20, 16)
    assert json.loads(run("--json", "-", stdin="a  b").stdout)["files"][0]["text"] == "a b"


def test_both_prompts_of_an_infotext_are_optimized_for_its_steps(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text(
        f"a (b:1)\n[cat:dog:25]\nNegative prompt: c  ()\n[wet:dry:20]\n{SETTINGS}", encoding="utf-8"
    )
    result = run(file)
    expected = f"a b\ncat\nNegative prompt: c\nwet\n{SETTINGS}"
    assert file.read_text(encoding="utf-8") == expected
    assert f"{file}:4:1: dead-branch" in result.stderr


def test_what_an_infotext_says_of_its_passes_counts() -> None:
    def optimized(prompt: str, more: str) -> str:
        text = optimize_text(f"{prompt}\n{SETTINGS}{more}", How()).text
        return read_document(text).prompt

    hires = ", Denoising strength: 0.5, Hires upscale: 2, Hires steps: 10, Hires upscaler: Latent"
    assert optimized("a [cat:dog:25]", "") == "a cat"
    assert optimized("a [cat:dog:25]", hires) == "a [cat:dog:25]"
    assert optimized("a [cat:dog:25]", f"{hires}, Hires prompt: a bird") == "a cat"
    assert optimized("a [cat:dog:35]", hires) == "a cat"
    assert optimized("a (cat:1)", "") == "a cat"
    assert optimized("a  (cat:1)", ", Emphasis: None") == "a (cat:1)"
    assert optimized("a (neon:1.2) (light:1.2)", "") == "a (neon light:1.2)"
    named = ', TI hashes: "neon light: 0123456789ab"'
    assert optimized("a (neon:1.2) (light:1.2)", named) == "a (neon:1.2) (light:1.2)"
    second_order = SETTINGS.replace("Euler a", "Heun")
    assert optimize_text(f"[cat:dog:25]\n{second_order}", How()).text == f"[cat:dog:25]\n{second_order}"


@pytest.mark.parametrize(
    ("text", "how", "why"),
    [
        ("a  (cat:1) --ar 16:9", How(), "Midjourney"),
        ("a  (cat:1)", How(reader="comfy"), "comfy"),
        ("a  (cat:1)", How(family="qwen"), "qwen"),
        (f"a  (cat:1)\n{SETTINGS.replace('Euler a', 'Nobody knows it')}", How(), "Nobody knows it"),
        (f"a\n(Negative prompt:1): b\n{SETTINGS}", How(), "read differently"),
    ],
)
def test_what_cannot_be_proven_is_left_alone_and_told_of(text: str, how: How, why: str) -> None:
    result = optimize_text(text, how)
    assert result.text == text
    assert why in " ".join(result.reasons)


def test_fields_of_json(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(b'{"prompt": "a (cat:1)", "negative_prompt": "(AND:1) \\u0062"}')
    result = run(file)
    assert json.loads(file.read_bytes()) == {"prompt": "a cat", "negative_prompt": "AND b"}
    assert f"{file}:1:15: neutral-weight" in result.stderr


def test_parts_of_prompts_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "wildcards").mkdir()
    lines, sheet = tmp_path / "wildcards" / "a.txt", tmp_path / "styles.csv"
    before = {lines: b"a (cat:1)\nred BREAK\n", sheet: b'name,prompt,negative_prompt\nA,"a (cat:1)",b\n'}
    for file, data in before.items():
        file.write_bytes(data)
        assert "part of prompts" in run(file).stderr
        assert file.read_bytes() == data


def test_a_bad_file_does_not_stop_the_others(tmp_path: Path) -> None:
    bad, good = tmp_path / "a.txt", tmp_path / "b.txt"
    bad.write_bytes(b"\xff")
    good.write_bytes(b"(a:1)")
    assert run(bad, good).exit_code == 2
    assert good.read_bytes() == b"a"
