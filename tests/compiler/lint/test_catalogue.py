"""Every code can be looked up, and the page about them is that of the rules as they are."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from mezzotint.cli.group import cli
from mezzotint.compiler.lint.catalogue import RuleError, entries, find_entry, markdown
from mezzotint.compiler.lint.document import lint_document
from mezzotint.compiler.lint.readers import REPORTED
from mezzotint.grammar.document import read_document

ROOT = Path(__file__).parents[3]
SHOWN = [(one, text) for one in REPORTED for text in one.bad]


def test_the_page_is_generated_from_the_rules() -> None:
    page = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    assert page == markdown(), "run: mezzotint rule --all --markdown > docs/rules.md"


def test_codes_and_names_are_used_once() -> None:
    found = entries()
    assert len({entry.code for entry in found}) == len(found)
    assert len({entry.name for entry in found}) == len(found)
    assert all(entry.what and entry.why for entry in found)


def test_every_code_in_the_sources_can_be_looked_up() -> None:
    known = {entry.code for entry in entries()}
    for folder in ("grammar", "compiler", "runtime", "mezzotint/cli"):
        for path in (ROOT / folder).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            assert set(re.findall(r'"(MZ\d{3})"', text)) <= known, path


@pytest.mark.parametrize(("one", "text"), SHOWN, ids=lambda value: getattr(value, "code", ""))
def test_what_readers_report(one: object, text: str) -> None:
    entry = next(reported for reported in REPORTED if reported is one)
    found = [d for d in lint_document(read_document(text)) if d.code == entry.code]
    assert found
    assert found[0].severity == entry.severity
    for good in entry.good:
        assert entry.code not in [d.code for d in lint_document(read_document(good))]


def test_an_unknown_rule_is_named() -> None:
    with pytest.raises(RuleError, match="MZ999"):
        find_entry("MZ999")


def run(*arguments: str) -> str:
    result = CliRunner().invoke(cli, ["rule", *arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_the_command_explains_one() -> None:
    text = run("mz201")
    assert text == run("prompt-weight")
    for piece in ("MZ201 prompt-weight", "Why it is bad:", "Evidence:", "a clock showing 10:30"):
        assert piece in text


def test_the_command_lists_all() -> None:
    assert len(run("--all").splitlines()) == len(entries())
    rows = json.loads(run("--all", "--json"))
    assert [row["code"] for row in rows] == [entry.code for entry in entries()]
    assert {"what", "why", "evidence", "bad", "good", "fix", "status", "severity"} <= rows[0].keys()


def test_the_command_wants_a_rule_or_all() -> None:
    assert CliRunner().invoke(cli, ["rule"]).exit_code == 2
    assert CliRunner().invoke(cli, ["rule", "--all", "MZ201"]).exit_code == 2
