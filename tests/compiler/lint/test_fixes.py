"""A safe fix keeps what a prompt compiles to, and fixing comes to an end."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mezzotint.compiler.equivalence import means_same
from mezzotint.compiler.lint.context import Context
from mezzotint.compiler.lint.fixes import apply, fix_prompt, fix_text
from mezzotint.compiler.lint.lint import lint
from mezzotint.compiler.lint.listed import Listed
from mezzotint.compiler.lint.registry import Edit, Found, Remedy, Rule
from mezzotint.compiler.lint.rules import RULES
from mezzotint.compiler.lint.subject import DocumentSubject
from mezzotint.grammar.diagnostics import Diagnostic, Fix
from mezzotint.grammar.span import Span

ROOT = Path(__file__).parents[3]
SAFE = tuple(row for row in RULES if (remedy := row.load().remedy) and remedy.is_safe)
WITH_REMEDY = tuple(row for row in RULES if row.load().remedy and not row.is_document)
PIECES = [
    "(",
    ")",
    "[",
    "]",
    ":",
    "|",
    "\\",
    " ",
    ",",
    "cat",
    "red",
    "1",
    "1.2",
    "0",
    "(dog:1)",
    "[cat:dog:0]",
]
TEXTS = st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=15).map("".join))
EVERYWHERE = [Context(dialect=dialect) for dialect in ("a1111", "comfy", "compel")]


@pytest.mark.parametrize("row", SAFE, ids=lambda row: row.code)
@given(text=TEXTS, negative=st.booleans(), context=st.sampled_from(EVERYWHERE))
def test_safe_fixes_keep_the_meaning(row: object, text: str, negative: bool, context: Context) -> None:
    chosen = tuple(r for r in SAFE if r == row)
    for diagnostic in lint(text, negative=negative, context=context.with_rules(chosen), with_fixes=True):
        for fix in diagnostic.fixes:
            assert fix.is_safe
            assert means_same(text, apply(text, fix.edits), negative=negative)


@given(TEXTS, st.booleans())
def test_all_safe_fixes_together_keep_the_meaning(text: str, negative: bool) -> None:
    fixed = fix_prompt(text, negative=negative, context=Context(rules=SAFE))
    assert fixed.source == text or means_same(text, fixed.source, negative=negative)
    again = fix_prompt(fixed.source, negative=negative, context=Context(rules=SAFE))
    assert again.source == fixed.source


@given(TEXTS, st.booleans())
def test_fixing_comes_to_an_end(text: str, negative: bool) -> None:
    fix_prompt(text, negative=negative, context=Context(rules=WITH_REMEDY), unsafe=True)


@given(TEXTS, st.booleans())
def test_edits_are_disjoint_and_in_order(text: str, negative: bool) -> None:
    found = lint(text, negative=negative, context=Context(rules=WITH_REMEDY), with_fixes=True)
    for fix in (fix for diagnostic in found for fix in diagnostic.fixes):
        at = 0
        for span, _ in fix.edits:
            assert at <= span.start <= span.end <= len(text)
            at = span.end


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (r"a\b cat", "ab cat"),
        ("a (cat) ()", "a (cat) "),
        ("[cat:dog:0], red", "dog, red"),
        (r"a\,\n", r"a,\n"),
        ("a (red:1.2)", "a (red:1.2)"),
    ],
)
def test_safe_fixes(before: str, after: str) -> None:
    assert fix_prompt(before).source == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("(cat:1,3)", "(cat:1.3)"),
        ("(cat, dog", "(cat), dog"),
        ("cat) dog", "cat dog"),
        ("a clock showing 10:30", "a clock showing 10:30,"),
        ("(ratio 16:9)", "(ratio 16 to 9)"),
        ("[cat:1.3]", "(cat:0.77)"),
        ("(red BREAK blue:1.2)", "(red:1.2) BREAK (blue:1.2)"),
        ("a | b, [cat:dog:0.5]", "a , b, [cat:dog:0.5]"),
        ("(cat:1.2.3)", "(cat:1.2)"),
        ("[cat:dog:1.0]", "[cat:dog:1]"),
        ("ROCK AND ROLL", "ROCK and ROLL"),
        ("BREAK a cat", "a cat"),
        ("1girl, solo, 1girl", "1girl, solo"),
        (
            "cat++, a (red cat)1.3, {{sky}}, 1.3::blue eyes::",
            "(cat:1.21), a (red cat:1.3), (sky:1.103), (blue eyes:1.3)",
        ),
        ("（cat：1.3）", "(cat:1.3)"),
        ("a cat --ar 16:9, red", "a cat, red"),
        ("a <lora: x:0,8> cat", "a <lora:x:0.8> cat"),
        ("<LoRA:x:1>", "<lora:x:1>"),
        ("a red\u200bcat", "a redcat"),
        ("// note\na cat", "# note\na cat"),
        ("a, b, a, c, b", "a, b, c"),
        ("(((cat, dog", "(((cat))), dog"),
        ("cat ]]] dog", "cat  dog"),
        ("[cat:1.2), dog", "(cat:1.2), dog"),
        ("a cat, (((", "a cat, "),
        (r"2girls\nAND 1boy", "2girls\nAND 1boy"),
        (r"astolfo \\(fate\\) \\(cosplay\\)", r"astolfo \(fate\) \(cosplay\)"),
        ("a, best quality:1.3, b", "a, (best quality:1.3), b"),
        ("{cat:1.2}, a :: b", "(cat:1.2), a :: b"),
        ("(red cat 1.3)", "(red cat:1.3)"),
        ("a <lora:x:0.9", "a <lora:x:0.9>"),
        ("cat<br>dog", "cat\ndog"),
        ("https://example.com/a.png a cat", "a cat"),
        ("<lora:pony/style.safetensors:0.8> a", "<lora:style:0.8> a"),
        ("embedding:a, (embedding:b:1.2)", "a, (b:1.2)"),
    ],
)
def test_unsafe_fixes(before: str, after: str) -> None:
    assert fix_prompt(before, unsafe=True).source == after


def test_safe_fixes_of_real_prompts_keep_the_meaning() -> None:
    prompts = (ROOT / "benchmarks" / "prompts.txt").read_text(encoding="utf-8").splitlines()
    spoilt = [prompt.replace(" ", " \\", 1) for prompt in prompts]
    for prompt in (*prompts, *spoilt):
        for diagnostic in lint(prompt, context=Context(rules=RULES), with_fixes=True):
            for fix in diagnostic.fixes:
                assert not fix.is_safe or means_same(prompt, apply(prompt, fix.edits))


def test_a_text_with_thousands_of_findings_is_not_proven_for_minutes() -> None:
    found = lint(r"\a" * 5000, with_fixes=True)
    assert len(found) == 5000
    assert 0 < sum(bool(diagnostic.fixes) for diagnostic in found) < 500


def test_unsafe_fixes_are_not_applied_unless_asked_for() -> None:
    assert fix_prompt("(cat:1,3)").source == "(cat:1,3)"


def test_fixes_in_an_infotext() -> None:
    settings = "Steps: 20, Sampler: euler a, CFG scale: 7, Seed: 1, Size: 512x770"
    text = f"a\\b, cat++,\n  red\nNegative prompt: blur\\ry, (bad:1,3)\n{settings}"
    assert fix_text(text).source == text.replace("a\\b", "ab").replace("blur\\ry", "blurry")
    fixed = fix_text(text, unsafe=True).source
    assert "(cat:1.21)" in fixed
    assert "(bad:1.3)" in fixed
    assert "Sampler: Euler a" in fixed
    assert "Size: 512x768" in fixed


def test_a_fix_that_changes_the_meaning_is_not_offered() -> None:
    (found,) = lint("a ( ) b, red", with_fixes=True)
    assert (found.code, found.fixes) == ("MZ007", ())


def test_fixes_do_not_count_when_findings_are_compared() -> None:
    plain, offered = lint(r"a\b"), lint(r"a\b", with_fixes=True)
    assert plain == offered
    assert offered[0].fixes == (Fix(((Span(1, 3), "b"),), True, "remove the backslash"),)


def test_settings_have_no_safe_fixes_whatever_a_rule_says() -> None:
    def check(subject: DocumentSubject) -> Iterator[Found]:
        yield Found("a seed", Span(subject.source.index("Seed"), len(subject.source)))

    def edits(subject: DocumentSubject, diagnostic: Diagnostic) -> Iterator[Edit]:
        yield diagnostic.span, "Seed: 2"

    rule = Rule("XX001", "seed", check, since="0", is_document=True, remedy=Remedy(edits, "another", True))
    context = Context(rules=(Listed("XX001", rule, is_document=True),))
    text = "a\nSteps: 20, Sampler: Euler, Seed: 1"
    for unsafe in (False, True):
        assert fix_text(text, context=context, unsafe=unsafe) == (text, ())
