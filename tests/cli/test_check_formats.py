"""What findings look like to programs."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result

from mezzotint.cli.group import cli

STATISTICS = Path(__file__).parents[2] / "docs" / "schema" / "statistics.schema.json"
TEXT = "a 🦊 (cat:1,3), \\b\na clock 10:30"


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(cli, arguments, input=stdin)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a b%,.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def check(file: Path, output_format: str) -> str:
    result = run("check", "--isolated", "--output-format", output_format, str(file))
    assert result.exit_code == 1
    return result.stdout


def test_json_names_places_rules_and_remedies(file: Path) -> None:
    rows = json.loads(check(file, "json"))
    assert [row["code"] for row in rows] == ["MZ009", "MZ006", "MZ201"]
    assert [row["name"] for row in rows] == ["decimal-comma", "lost-backslash", "prompt-weight"]
    assert rows[1]["fixes"][0]["safe"]
    for row in rows:
        lines = TEXT.split("\n")[row["line"] - 1 : row["end_line"]]
        assert lines[0][row["column"] - 1 : row["end_column"] - 1] == TEXT[row["start"] : row["end"]]


def test_sarif_has_what_its_schema_requires(file: Path) -> None:
    log = json.loads(check(file, "sarif"))
    assert log["version"] == "2.1.0"
    (one,) = log["runs"]
    driver = one["tool"]["driver"]
    assert driver["name"] == "mezzotint"
    assert one["columnKind"] == "unicodeCodePoints"
    assert one["invocations"][0]["executionSuccessful"] is True
    for result in one["results"]:
        assert result["message"]["text"]
        assert result["level"] in ("none", "note", "warning", "error")
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        (place,) = result["locations"]
        physical = place["physicalLocation"]
        assert "a%20b%25%2C.txt" in physical["artifactLocation"]["uri"]
        region = physical["region"]
        assert min(region["startLine"], region["startColumn"], region["endLine"], region["endColumn"]) >= 1
        for fix in result.get("fixes", ()):
            (change,) = fix["artifactChanges"]
            assert change["artifactLocation"] == physical["artifactLocation"]
            assert all("deletedRegion" in replacement for replacement in change["replacements"])
    assert len({rule["id"] for rule in driver["rules"]}) == len(driver["rules"])
    assert any("fixes" in result for result in one["results"])


def test_sarif_tells_of_files_that_cannot_be_read(tmp_path: Path) -> None:
    result = run("check", "--output-format", "sarif", str(tmp_path / "none.txt"))
    (invocation,) = json.loads(result.stdout)["runs"][0]["invocations"]
    assert not invocation["executionSuccessful"]
    assert "none.txt" in invocation["toolExecutionNotifications"][0]["message"]["text"]
    assert result.exit_code == 2


def test_github_gets_one_command_for_each_finding(file: Path) -> None:
    first, *_, last = check(file, "github").splitlines()
    assert first.startswith("::error file=")
    assert "a b%25%2C.txt,title=MZ009,line=1,endLine=1,col=9,endColumn=13::" in first
    assert ",title=MZ201,line=2," in last


def test_gitlab_gets_fingerprints_that_differ(file: Path) -> None:
    file.write_text("(cat\n(cat", encoding="utf-8")
    rows = json.loads(check(file, "gitlab"))
    assert len({row["fingerprint"] for row in rows}) == len(rows) == 2
    for row in rows:
        assert row["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert row["location"]["lines"]["begin"] >= 1
        assert row["location"]["path"] == str(file)


def test_junit_is_well_formed_whatever_the_prompt_holds(file: Path) -> None:
    file.write_text('"<&\x1b (cat:1,3)\x00', encoding="utf-8")
    root = ET.fromstring(check(file, "junit"))  # noqa: S314, our own output
    assert (root.get("failures"), root.get("errors")) == ("1", "0")
    assert root.find("testsuite/testcase/failure") is not None


def test_junit_counts_files_without_findings_as_passed(file: Path) -> None:
    file.write_text("a cat", encoding="utf-8")
    result = run("check", "--output-format", "junit", str(file))
    assert ET.fromstring(result.stdout).get("tests") == "1"  # noqa: S314, our own output
    assert result.exit_code == 0


def test_concise_is_a_line_for_each(file: Path) -> None:
    first, *rest = check(file, "concise").splitlines()
    assert ':1:9: error MZ009 "1,3" is not read as a weight' in first
    assert len(rest) == 2


@pytest.mark.parametrize("output_format", ["concise", "github", "junit"])
def test_formats_for_logs_cannot_drive_the_terminal(tmp_path: Path, output_format: str) -> None:
    file = tmp_path / "\x1b]0;owned\x07.txt"
    file.write_text("\x1b[31m(cat", encoding="utf-8")
    assert "\x1b" not in run("check", "--output-format", output_format, str(file)).output


def test_statistics_count_codes_and_tell_what_was_not_checked(file: Path) -> None:
    lines = run("check", "--statistics", str(file)).stdout.splitlines()
    assert "     1  MZ009  decimal-comma" in lines
    assert lines[-1].startswith("not checked")


def test_statistics_for_programs(file: Path) -> None:
    told = json.loads(run("check", "--statistics", "--json", str(file)).stdout)
    jsonschema.validate(told, json.loads(STATISTICS.read_text(encoding="utf-8")))
    assert {"code": "MZ009", "name": "decimal-comma", "count": 1} in told["counts"]
    assert "MZ401" in told["not_checked"]


def test_statistics_have_no_other_formats(file: Path) -> None:
    result = run("check", "--statistics", "--output-format", "sarif", str(file))
    assert result.exit_code == 2
    assert "--statistics prints text or json, not sarif" in result.stderr
