"""Each rule finds its traps, leaves good prompts alone, and explains itself."""

import importlib
import pkgutil

import pytest
from _pytest.mark import ParameterSet
from hypothesis import given
from hypothesis import strategies as st

from mezzotint.compiler.lint import rules
from mezzotint.compiler.lint.document import lint_document
from mezzotint.compiler.lint.lint import lint
from mezzotint.compiler.lint.listed import Listed
from mezzotint.compiler.lint.registry import Example, Rule
from mezzotint.compiler.lint.rules import RULES
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.document import read_document

TEXTS = st.text(alphabet="()[]:|\\ ab1.BREAKND<>#\n_{},-+—“（：\u200bé")


def examples(kind: str) -> list[ParameterSet]:
    found = []
    for row in RULES:
        for example in getattr(row.load(), kind):
            whole = example if isinstance(example, Example) else Example(example)
            found.append(pytest.param(row, whole, id=f"{row.code} {whole.text}"))
    return found


def find(row: Listed, example: Example) -> list[Diagnostic]:
    """What all default rules and this one find, so that examples are good in every respect."""
    default = tuple(r for r in RULES if r.is_default)
    chosen = default if row in default else (*default, row)
    context = example.context.with_rules(chosen)
    if row.is_document:
        return lint_document(read_document(example.text), context=context)
    return lint(example.text, negative=example.negative, context=context)


@pytest.mark.parametrize(("row", "example"), examples("bad"))
def test_bad_examples(row: Listed, example: Example) -> None:
    found = find(row, example)
    assert {d.code for d in found} == {row.code, *example.also}
    assert all(d.help for d in found)


@pytest.mark.parametrize(("row", "example"), examples("good"))
def test_good_examples(row: Listed, example: Example) -> None:
    assert {d.code for d in find(row, example)} == set(example.also)


@given(TEXTS, st.booleans())
def test_any_text_can_be_linted(text: str, negative: bool) -> None:
    everything = Example("").context.with_rules(RULES)
    for diagnostic in lint(text, negative=negative, context=everything, with_fixes=True):
        assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(text)


@given(TEXTS, st.booleans())
def test_the_list_leaves_out_no_rule_that_would_find_something(text: str, negative: bool) -> None:
    """What a line of the list asks of a text is a short cut: without it the findings are the same."""
    listed = tuple(row for row in RULES if not row.is_document)
    unasked = tuple(Listed(row.code, row.place) for row in listed)
    context = Example("").context
    short = lint(text, negative=negative, context=context.with_rules(listed))
    assert short == lint(text, negative=negative, context=context.with_rules(unasked))


def test_findings_in_an_infotext_are_placed_in_the_whole_text() -> None:
    text = "a cat\nNegative prompt: (blurry\nSteps: 20, Sampler: Euler, CFG scale: 7, Seed: 1, Size: 512x512"
    (found,) = lint_document(read_document(text))
    assert text[found.span.start : found.span.end] == "("
    assert found.span.start == text.index("(blurry")


def modules() -> dict[str, Rule]:
    found = {}
    for module in pkgutil.walk_packages(rules.__path__, f"{rules.__name__}."):
        if not module.ispkg:
            found[module.name.removeprefix(f"{rules.__name__}.")] = importlib.import_module(module.name).RULE
    return found


def test_the_list_says_of_every_rule_what_the_rule_says() -> None:
    assert {row.place: row.code for row in RULES} == {place: rule.code for place, rule in modules().items()}
    assert [row.code for row in RULES] == sorted({row.code for row in RULES})
    for row in RULES:
        rule = row.load()
        assert (row.is_default, row.is_document) == (rule.is_default, rule.is_document), row.code
        assert not (rule.is_preview and rule.is_default), row.code


@pytest.mark.parametrize("place", sorted(modules()))
def test_every_rule_explains_itself(place: str) -> None:
    rule = modules()[place]
    module = importlib.import_module(f"{rules.__name__}.{place}")
    text = module.__doc__ or ""
    assert text.startswith(f"{rule.code} {rule.name}\n\n")
    for heading in ("What it does:", "Why it is bad:", "Evidence:"):
        assert heading in text, heading
    assert rule.bad
    assert rule.good
    assert place.rpartition(".")[2].replace("_", "-") == rule.name
