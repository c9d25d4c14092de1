"""Each rule finds its trap where it stands, says why in its file, and leaves good prompts alone."""

import importlib
import pkgutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mezzotint.compiler.lint import rules
from mezzotint.compiler.lint.document import lint_document
from mezzotint.compiler.lint.lint import lint
from mezzotint.compiler.lint.rules import RULES
from mezzotint.grammar.document import read_document

TRAPS = [
    ("MZ001", "(x:1.2.3)", ":1.2.3"),
    ("MZ002", "[a:b:1e999]", "[a:b:1e999]"),
    ("MZ003", "(cat, dog", "("),
    ("MZ003", "cat) dog", ")"),
    ("MZ004", "a | b, [c:d:3]", "|"),
    ("MZ004", "[a|b [c:d:3]", "|"),
    ("MZ201", "a clock showing 10:30", ":30"),
    ("MZ202", "(ratio 16:9)", ":9"),
    ("MZ203", "[x:1.3]", "[x:1.3]"),
    ("MZ204", "(a BREAK b:1.2)", "BREAK"),
    ("MZ205", "(a AND b:1.2)", "AND"),
]
GOOD = [
    "a (red:1.2) circle",
    "(a:1) BREAK (b:0.8), [c:d:0.5], [e|f]",
    "cat :1.2 AND dog :0.8",
    "a | b",
    r"rem \(re:zero\)",
    "[x:0.3]",
    "(steps 4:1.2)",
]


@pytest.mark.parametrize(("code", "prompt", "marked"), TRAPS)
def test_traps(code: str, prompt: str, marked: str) -> None:
    found = [d for d in lint(prompt) if d.code == code]
    assert [prompt[d.span.start : d.span.end] for d in found] == [marked]
    assert all(d.help for d in found)


@pytest.mark.parametrize("prompt", GOOD)
def test_good_prompts(prompt: str) -> None:
    assert lint(prompt) == []


def test_networks_in_a_negative_prompt() -> None:
    assert [d.code for d in lint("blurry <lora:x:1>", negative=True)] == ["MZ206"]
    assert lint("cat <lora:x:1>") == []


@given(st.text(alphabet="()[]:|\\ ab1.BREAKND<>#\n"), st.booleans())
def test_any_text_can_be_linted(text: str, negative: bool) -> None:
    for diagnostic in lint(text, negative=negative):
        assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(text)


def test_findings_in_an_infotext_are_placed_in_the_whole_text() -> None:
    text = "a cat\nNegative prompt: (blurry\nSteps: 20, Sampler: Euler, CFG scale: 7"
    (found,) = lint_document(read_document(text))
    assert text[found.span.start : found.span.end] == "("
    assert found.span.start == text.index("(blurry")


def test_every_rule_file_is_listed_and_explains_itself() -> None:
    modules = [
        importlib.import_module(f"{rules.__name__}.{m.name}") for m in pkgutil.iter_modules(rules.__path__)
    ]
    assert {module.RULE.code for module in modules} == {rule.code for rule in RULES}
    assert [rule.code for rule in RULES] == sorted(rule.code for rule in RULES)
    for module in modules:
        for heading in (module.RULE.code, "What it does:", "Why it is bad:", "Example:", "Use instead:"):
            assert heading in (module.__doc__ or ""), f"{module.__name__}: {heading}"
