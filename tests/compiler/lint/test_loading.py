"""Rules are loaded when a text needs them, and other packages can bring more."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
HEAVY = {"torch", "transformers", "click", "lark", "ftfy", "regex", "numpy", "importlib.metadata"}
RULE = """
from mezzotint.compiler.lint.registry import Found, Rule
from mezzotint.grammar.span import Span
def check(subject):
    at = subject.source.find("teapot")
    if at >= 0:
        yield Found("a teapot", Span(at, at + 6), "write kettle")
RULE = Rule("XX001", "teapot", check, since="1")
WRONG = 3
"""


def run(code: str, *folders: Path) -> list[str]:
    path = f"import sys; sys.path[:0] = {[str(folder) for folder in folders]!r}\n"
    done = subprocess.run(
        [sys.executable, "-c", path + code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return done.stdout.splitlines()


def loaded(prompt: str) -> set[str]:
    code = f"from mezzotint.compiler.lint.lint import lint; lint({prompt!r}); print('\\n'.join(sys.modules))"
    return set(run(code))


@pytest.mark.parametrize("prompt", ["a red circle", "a (red:1.2) circle", "masterpiece (best quality)"])
def test_a_plain_prompt_loads_no_rule(prompt: str) -> None:
    modules = loaded(prompt)
    assert not HEAVY & modules
    assert [m for m in modules if m.startswith("mezzotint.compiler.lint.rules.")] == []


def test_rules_load_nothing_heavy() -> None:
    prompt = "(a:2), [b:c:0], <lora:x:3>, ((d:1.5)e:1.5), f++, a\\b, ROCK AND ROLL, #x, 10:30"
    assert not HEAVY & loaded(prompt)


def package(folder: Path, entry: str) -> Path:
    (folder / "teapots.py").write_text(RULE, encoding="utf-8")
    record = folder / "teapots-1.dist-info"
    record.mkdir()
    (record / "METADATA").write_text("Metadata-Version: 2.1\nName: teapots\nVersion: 1\n", encoding="utf-8")
    (record / "entry_points.txt").write_text(f"[mezzotint.rules]\n{entry}\n", encoding="utf-8")
    return folder


def test_rules_of_other_packages(tmp_path: Path) -> None:
    code = "import mezzotint; print([d.code for d in mezzotint.lint('a teapot, a) dog')])"
    assert run(code, package(tmp_path, "teapot = teapots:RULE")) == ["['XX001', 'MZ003']"]


def test_what_is_no_rule_is_refused(tmp_path: Path) -> None:
    code = (
        "import mezzotint\ntry: mezzotint.lint('a')\nexcept mezzotint.MezzotintError as error: print(error)"
    )
    (line,) = run(code, package(tmp_path, "teapot = teapots:WRONG"))
    assert "teapots:WRONG" in line
