"""What is told about a prompt decides which rules speak, and how loudly."""

import pytest

from mezzotint.compiler.lint.context import Context, ContextError
from mezzotint.compiler.lint.document import lint_document
from mezzotint.compiler.lint.lint import lint, not_checked
from mezzotint.compiler.lint.listed import Listed
from mezzotint.compiler.lint.registry import Found, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Severity
from mezzotint.grammar.document import read_document
from mezzotint.grammar.infotext.text import parse
from mezzotint.grammar.span import Span


def codes(prompt: str, context: Context) -> list[str]:
    return [d.code for d in lint(prompt, context=context)]


def test_unknown_targets_are_refused() -> None:
    with pytest.raises(ContextError, match="sd1"):
        lint("a cat", context=Context(family="sd9"))
    with pytest.raises(ContextError, match="a1111"):
        lint("a cat", context=Context(dialect="paint"))


def test_rules_of_a_language_are_silent_about_others() -> None:
    assert codes("a clock showing 10:30", Context(dialect="comfy")) == []
    assert codes("a cat BREAK a dog", Context(dialect="comfy")) == ["MZ303"]


def test_severity_by_family() -> None:
    rule = Rule(
        "XX001",
        "any",
        lambda _: [Found("x", Span(0, 1))],
        since="1",
        severity=Severity.ERROR,
        families={"flux": Severity.INFO, "sd3": None},
    )
    listed = (Listed("XX001", rule),)
    found = {
        family: [d.severity for d in lint("a", context=Context(family=family, rules=listed))]
        for family in ("sd1", "flux", "sd3")
    }
    assert found == {"sd1": [Severity.ERROR], "flux": [Severity.INFO], "sd3": []}


def test_an_infotext_tells_steps_and_family() -> None:
    text = "a\nSteps: 20, Sampler: Heun, CFG scale: 7, Seed: 1, Size: 512x512, Model: flux1-schnell"
    context = Context().of(parse(text))
    assert (context.steps, context.hires_steps, context.family) == (40, 0, "flux-schnell")
    assert Context(family="sd1", steps=7).of(parse(text))[:1] == ("sd1",)


def test_steps_of_an_infotext_are_used() -> None:
    text = "a [cat:dog:25]\nSteps: 20, Sampler: Euler, CFG scale: 7, Seed: 1, Size: 512x512"
    assert [d.code for d in lint_document(read_document(text))] == ["MZ208"]


def test_a_subject_compiles_once_and_says_when_it_cannot() -> None:
    subject = Subject("(a:1.2.3)", negative=False, context=Context())
    assert subject.program is None
    good = Subject("a", negative=True, context=Context(steps=5))
    assert good.program is good.program
    assert good.program is not None
    assert good.program.steps == 5


def test_what_is_not_checked_can_be_told() -> None:
    assert {"MZ401", "MZ217"} <= set(not_checked(Context()))
    assert "MZ401" not in not_checked(Context(networks={}))
