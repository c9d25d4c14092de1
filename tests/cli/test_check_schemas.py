"""Whatever is checked, the output is what the formats' own schemas ask for."""

import json
import os
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from mezzotint.cli.group import cli

ROOT = Path(__file__).parents[2]
OURS = ROOT / "docs" / "schema" / "check.schema.json"
SARIF = ROOT / "tests" / "golden" / "sarif" / "sarif-schema-2.1.0.json"
SETTINGS = "Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Size: 64x64"
BAD = "a 🦊 (cat:1,3), \\b\na clock 10:30"
URI = re.compile(r"(?:[\w.~!$&'()*+,;=:@/-]|%[0-9A-F]{2})+", re.ASCII)
NAMES = ("plain.txt", "a b%20c.txt", "日本 🦊.txt", "a:b#c?d.txt", "line\nbreak.txt", "quote'\"<&>.txt")


def run(output_format: str, *names: str, stdin: bytes = b"") -> str:
    arguments = ["check", "--isolated", "--output-format", output_format, *names]
    return CliRunner().invoke(cli, arguments, input=stdin).stdout


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def texts() -> list[str]:
    for name in NAMES:
        Path(name).write_text(BAD, encoding="utf-8")
    return list(NAMES)


def picture(name: str = "a (b).png") -> str:
    text = PngInfo()
    text.add_itxt("parameters", f"{BAD}\nNegative prompt: (ugly\n{SETTINGS}, Seed: 2")
    Image.new("RGB", (8, 8)).save(name, pnginfo=text)
    return name


def others() -> list[str]:
    """A list, fields, styles, tails, an infotext; what cannot be read; what has nothing to find."""
    files = {
        "wildcards/list.txt": "2::a (cat\n\n10:30\n",
        "data.json": json.dumps({"prompt": BAD, "x": [{"negative_prompt": "(a"}]}),
        "lines.jsonl": '{"prompt": "(a"}\n{"prompt": "(b"}\n',
        "styles.csv": 'name,prompt,negative_prompt\na,"(b, ""c""",e\n',
        "tail.txt": "a cat --aspekt 16:9 --v 6",
        "infotext.txt": f"{BAD}\nNegative prompt: (ugly\n{SETTINGS}, Seed: 2",
        "control.txt": "(\x1b[31m\x00\x07\u2028\ufeff\ufffe",
        "empty.txt": "",
        "good.txt": "a cat",
        "broken.json": "{",
    }
    for name, text in files.items():
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")
    Path("latin.txt").write_bytes(b"caf\xe9 (cat")
    Path("noise.png").write_bytes(b"\x89PNG\r\n\x1a\nnoise")
    return [*files, "latin.txt", "noise.png", "none at all.txt"]


def everything() -> list[str]:
    return [*texts(), picture(), *others()]


def sarif(*names: str, stdin: bytes = b"") -> dict[str, Any]:
    log = json.loads(run("sarif", *names, stdin=stdin))
    schema = json.loads(SARIF.read_text(encoding="utf-8"))
    jsonschema.Draft4Validator.check_schema(schema)
    jsonschema.Draft4Validator(schema).validate(log)
    (one,) = log["runs"]
    assert isinstance(one, dict)
    return one


def uris(value: object) -> Iterator[str]:
    """The values of all keys called ``uri``."""
    if isinstance(value, dict):
        yield from [one for key, one in value.items() if key == "uri"]
        for inner in value.values():
            yield from uris(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from uris(inner)


def test_sarif_is_valid_for_every_kind_of_file() -> None:
    one = sarif(*everything())
    assert {result["ruleId"] for result in one["results"]} >= {"MZ003", "MZ009", "MZ011", "MZ025", "MZ201"}
    assert any("fixes" in result for result in one["results"])
    told = one["invocations"][0]["toolExecutionNotifications"]
    assert len(told) == 4
    assert all(URI.fullmatch(uri) for uri in uris(one))


def test_sarif_is_valid_without_findings_or_files() -> None:
    Path("good.txt").write_text("a cat", encoding="utf-8")
    assert sarif("good.txt")["results"] == []
    assert sarif(".")["results"] == []
    Path("good.txt").unlink()
    assert sarif(".")["artifacts"] == []
    assert sarif("-", stdin=BAD.encode())["artifacts"][0]["location"] == {"uri": "stdin"}


def test_sarif_names_the_picture_and_the_text_in_it() -> None:
    one = sarif(picture())
    assert one["artifacts"] == [{"location": {"uri": "a%20%28b%29.png"}, "roles": ["analysisTarget"]}]
    for result in one["results"]:
        (place,) = result["locations"]
        assert place["physicalLocation"] == {"artifactLocation": {"uri": "a%20%28b%29.png"}}
        (logical,) = place["logicalLocations"]
        assert logical["name"] == "parameters"
        assert re.fullmatch(r"parameters:\d+:\d+", logical["fullyQualifiedName"])
        assert "fixes" not in result


def test_sarif_has_files_of_other_folders_and_with_any_bytes_as_uris(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.txt")
    try:
        (tmp_path / name).write_text("(cat", encoding="utf-8")
    except OSError:
        pytest.skip("this file system wants UTF-8")
    assert next(uris(sarif(name)["artifacts"])) == "caf%E9.txt"
    assert next(uris(sarif(str(tmp_path / name))["artifacts"])).startswith("file:///")
    for output_format in ("json", "github", "gitlab", "junit", "concise", "text"):
        assert "caf" in run(output_format, name)


def test_json_is_as_its_schema_says() -> None:
    rows = json.loads(run("json", *everything(), "-", stdin=BAD.encode()))
    schema = json.loads(OURS.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(rows)
    assert rows
    assert not list(jsonschema.Draft202012Validator(schema).iter_errors([]))
    assert list(jsonschema.Draft202012Validator(schema).iter_errors([{**rows[0], "more": 1}]))


def test_gitlab_gets_what_its_format_requires() -> None:
    rows = json.loads(run("gitlab", *everything()))
    assert len({row["fingerprint"] for row in rows}) == len(rows)
    for row in rows:
        assert set(row) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert row["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert 1 <= row["location"]["lines"]["begin"] <= row["location"]["lines"]["end"]
        assert Path(row["location"]["path"]).is_file()


def test_junit_is_well_formed_and_counts_right() -> None:
    root = ET.fromstring(run("junit", *everything()))  # noqa: S314, our own output
    cases = root.findall("testsuite/testcase")
    counted = [root.get(name) for name in ("tests", "failures", "errors")]
    found = [cases, root.findall(".//failure"), root.findall(".//error")]
    assert counted == [str(len(one)) for one in found]
    for suite in root:
        assert suite.get("failures") == str(len(suite.findall(".//failure")))
        assert suite.get("tests") == str(len(suite.findall("testcase")))


def test_github_gets_one_line_for_each_finding() -> None:
    names = everything()
    lines = run("github", *names).splitlines()
    assert len(lines) == len(json.loads(run("json", *names)))
    for line in lines:
        properties = re.fullmatch(r"::(?:error|warning|notice) ([^:]*)::.*", line)
        assert properties, line
        assert all(re.fullmatch(r"\w+=[^,:]+", one) for one in properties[1].split(","))
