"""Rules of another package run wherever ours do."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
RULE = '''
"""XX001 teapot

What it does: finds a teapot.
Why it is bad: a kettle is meant.
Evidence: tea.
"""
from mezzotint.compiler.lint.registry import Found, Remedy, Rule
from mezzotint.grammar.diagnostics import Severity
from mezzotint.grammar.span import Span
def check(subject):
    at = subject.source.find("teapot")
    if at >= 0:
        yield Found("a teapot", Span(at, at + 6), "write kettle")
def edits(subject, diagnostic):
    yield diagnostic.span, "kettle"
RULE = Rule("XX001", "teapot", check, since="1", families={"flux": Severity.ERROR},
            remedy=Remedy(edits, "write kettle"), bad=("a teapot",), good=("a kettle",))
'''
SERVER = """
from mezzotint.cli.lsp_tools import TOOLS
from mezzotint.lsp.analysis import Analysis
from mezzotint.lsp.configuration import Setup
from mezzotint.lsp.regions import Kind
print([one.code for one in Analysis("a teapot", Kind.PROMPT, Setup(TOOLS)).diagnostics])
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with an installed package, as pip leaves it."""
    (tmp_path / "teapots.py").write_text(RULE, encoding="utf-8")
    record = tmp_path / "teapots-1.dist-info"
    record.mkdir()
    (record / "METADATA").write_text("Metadata-Version: 2.1\nName: teapots\nVersion: 1\n", encoding="utf-8")
    (record / "entry_points.txt").write_text("[mezzotint.rules]\nteapot = teapots:RULE\n", encoding="utf-8")
    (tmp_path / "prompt.txt").write_text("a teapot", encoding="utf-8")
    return tmp_path


def run(folder: Path, *arguments: str, code: str = "from mezzotint.__main__ import main; main()") -> str:
    start = f"import sys; sys.path.insert(0, {str(folder)!r}); sys.argv = {['mezzotint', *arguments]!r}\n"
    done = subprocess.run(
        [sys.executable, "-c", start + code], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def test_its_findings_are_reported_and_put_right(folder: Path) -> None:
    file = str(folder / "prompt.txt")
    rows = json.loads(run(folder, "check", "--isolated", "--output-format", "json", file))
    assert [(row["code"], row["name"], row["severity"]) for row in rows] == [("XX001", "teapot", "warning")]
    rows = json.loads(run(folder, "check", "--isolated", "--target", "flux", "--output-format", "json", file))
    assert [row["severity"] for row in rows] == ["error"]
    run(folder, "fix", "--isolated", "--unsafe-fixes", file)
    assert (folder / "prompt.txt").read_text(encoding="utf-8") == "a kettle"


def test_it_can_be_looked_up_and_left_out(folder: Path) -> None:
    assert "Finds a teapot" in run(folder, "rule", "--all", "--markdown")
    assert "why it is bad: a kettle is meant" in run(folder, "rule", "xx001").lower()
    assert "XX001  teapot" in run(folder, "rule", "--all")
    file = str(folder / "prompt.txt")
    assert (
        json.loads(run(folder, "check", "--isolated", "--ignore", "XX", "--output-format", "json", file))
        == []
    )


def test_the_language_server_runs_it(folder: Path) -> None:
    assert run(folder, code=SERVER).splitlines() == ["['XX001']"]
