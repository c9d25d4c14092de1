"""The commands that need no torch, as a shell would call them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mezzotint.cli.group import cli
from mezzotint.grammar.errors import MezzotintError

MISSION = (Path(__file__).parents[1] / "golden" / "mission_example.txt").read_text(encoding="utf-8")


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(cli, list(arguments), input=stdin)


def test_help_names_every_command() -> None:
    text = run("--help").stdout
    for name in (
        "render",
        "reproduce",
        "info",
        "check",
        "parse",
        "tokens",
        "compile",
        "active",
        "models",
        "conformance",
    ):
        assert f"  {name} " in text
        assert run(name, "--help").exit_code == 0


def test_check_is_silent_about_good_prompts(tmp_path: Path) -> None:
    file = tmp_path / "good.txt"
    file.write_text("a (red:1.2) circle\n", encoding="utf-8")
    result = run("check", str(file))
    assert (result.exit_code, result.stdout) == (0, "")


def test_check_names_the_place_and_the_remedy(tmp_path: Path) -> None:
    file = tmp_path / "bad.txt"
    file.write_text("a cat,\n(ratio 16:9)", encoding="utf-8")
    result = run("check", str(file))
    assert result.exit_code == 1
    assert f"{file}:2:10: error MZ202" in result.stdout
    assert "help:" in result.stdout
    assert "             ^^" in result.stdout


def test_check_json_and_standard_input() -> None:
    result = run("check", "--json", "-", stdin="a 🦊 clock 10:30")
    (row,) = json.loads(result.stdout)
    assert (row["file"], row["line"], row["column"], row["code"]) == ("<stdin>", 1, 13, "MZ201")
    assert result.exit_code == 1


def test_check_goes_on_after_a_bad_file(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "b.txt").write_text("(cat", encoding="utf-8")
    result = run("check", str(tmp_path))
    assert result.exit_code == 2
    assert "not UTF-8" in result.stderr
    assert "MZ003" in result.stdout


def test_what_is_printed_cannot_drive_the_terminal(tmp_path: Path) -> None:
    file = tmp_path / "evil.txt"
    file.write_text("\x1b]0;owned\x07(cat", encoding="utf-8")
    result = run("check", str(file))
    assert "\x1b" not in result.output
    assert "\\x1b]0;owned\\x07" in result.stdout


def test_parse_shows_the_tree_and_gives_json() -> None:
    assert "Scheduled at 0.5" in run("parse", "a [cat:dog:0.5]").stdout
    tree = json.loads(run("parse", "--json", "a (b:1.2)").stdout)["prompt"]
    assert tree["type"] == "Prompt"
    assert tree["branches"][0]["children"][1]["weight"]["value"] == ":1.2"


def test_parse_shows_the_frame_of_an_infotext_and_the_prompts_inside() -> None:
    text = "  a (b:1.2)\r\nNegative prompt: [c]\nSteps: 20, (x), Sampler: Euler, Seed: 1"
    shown = run("parse", text).stdout
    for row in ("Section negative  13-34", "Deemphasis 1/1.1  30-33", "Setting 'Seed' = '1'", "Junk '(x)'"):
        assert row in shown
    frame = json.loads(run("parse", "--json", text).stdout)["infotext"]
    emphasis = frame["prompt"]["tree"]["branches"][0]["children"][1]
    assert text[emphasis["start"] : emphasis["end"]] == "(b:1.2)"
    assert [part["type"] for part in frame["settings"]["parts"][:3]] == ["Setting", "Separator", "Junk"]
    assert list(json.loads(run("parse", "--json", text, "--negative", "d").stdout)) == [
        "infotext",
        "negative_prompt",
    ]


def test_compile_lays_schedules_out_over_the_infotexts_steps() -> None:
    text = "a [cat:dog:0.5]\nSteps: 10, Sampler: Euler, CFG scale: 7"
    program = json.loads(run("compile", "--json", text).stdout)
    assert [entry["end_step"] for entry in program["positive"][0]["timeline"]] == [5, 10]
    # DPM++ SDE evaluates twice a step, and the reference counts evaluations.
    program = json.loads(run("compile", "--json", text.replace("Euler", "DPM++ SDE")).stdout)
    assert [entry["end_step"] for entry in program["positive"][0]["timeline"]] == [10, 20]


def test_the_mission_example_is_read_right(tmp_path: Path) -> None:
    file = tmp_path / "mission.txt"
    file.write_text(MISSION, encoding="utf-8")
    (row,) = json.loads(run("info", "--json", str(file)).stdout)
    assert row["settings"]["Sampler"] == "DPM++ SDE Karras"
    assert row["settings"]["Seed"] == "3120790884"
    assert row["prompt"].startswith("(best quality)")
    assert row["negative_prompt"].endswith("((nsfw))")
    assert run("check", str(file)).exit_code == 0


def test_the_mission_examples_tokens() -> None:
    """The reference counts 59 tokens in one chunk, and 90 in two for the negative prompt."""
    (shown,) = json.loads(run("tokens", "--json", MISSION).stdout)["encoders"]
    (positive,) = shown["prompt"][0]["entries"]
    (negative,) = shown["negative_prompt"][0]["entries"]
    assert (positive["token_count"], len(positive["chunks"])) == (59, 1)
    assert (negative["token_count"], len(negative["chunks"])) == (90, 2)


def test_each_encoder_of_a_family_is_shown() -> None:
    shown = json.loads(run("tokens", "--json", "--family", "flux-schnell", "a (fox:1.3) BREAK b").stdout)
    pooled, t5 = shown["encoders"]
    assert (pooled["weights"], t5["weights"]) == ("ignored", "blended")
    (clip_row,) = pooled["prompt"][0]["entries"][0]["chunks"]
    (t5_row,) = t5["prompt"][0]["entries"][0]["chunks"]
    assert [t["text"] for t in clip_row] == ["a</w>", "fox</w>", "b</w>"]
    assert [(t["text"], t["weight"]) for t in t5_row] == [
        ("▁", 1),
        ("a", 1),
        ("▁", 1.3),
        ("fox", 1.3),
        ("▁", 1),
        ("b", 1),
    ]


def test_words_that_an_encoder_will_not_see_are_named() -> None:
    result = run("tokens", "--family", "pixart-alpha", "red cat, " * 60 + "a fox")
    assert 'will not see "' in result.stderr
    assert 'a fox"' in result.stderr or "more words" in result.stderr
    assert "MZ211" in result.stderr
    assert "row: 119 of 119 places" in result.stdout


@pytest.mark.parametrize("command", ["compile", "active", "tokens"])
def test_the_second_pass_is_shown_on_request(command: str) -> None:
    arguments = ("[cat:dog:1.5] on a mat", "--steps", "4", "--hires-steps", "6")
    result = run(command, *arguments)
    assert result.exit_code == 0
    assert "second pass" in result.stdout
    assert "second pass" not in run(command, *arguments[:3]).stdout
    shown = json.loads(run(command, *arguments, "--json").stdout)
    if command == "compile":
        assert shown["hires"]["steps"] == 6
    elif command == "active":
        texts = [row["prompt"] for row in shown if row.get("pass") == "second pass"]
        assert texts == ["cat on a mat"] * 4 + ["dog on a mat"] * 2
    else:
        assert [one["pass"] for one in shown["passes"]] == ["first pass", "second pass"]


@pytest.mark.parametrize("command", ["parse", "tokens", "compile"])
def test_a_misspelled_file_is_not_taken_for_a_prompt(command: str) -> None:
    result = run(command, "nothing.png")
    assert isinstance(result.exception, MezzotintError)
    assert "no such file" in str(result.exception)


def test_active_shows_that_switches_come_one_evaluation_late() -> None:
    shown = json.loads(run("active", "--json", "--steps", "6", "a [b:c:3] AND d :0.5").stdout)
    assert [row["prompt 1"] for row in shown] == ["a b"] * 4 + ["a c"] * 2
    assert "evaluations 5-6" in run("active", "--steps", "6", "a [b:c:3]").stdout
