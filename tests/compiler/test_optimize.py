"""Optimizing changes the tree of a prompt and not the tensors."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mezzotint.compiler.conditioning.timeline import even_out
from mezzotint.compiler.ir import Branch, Program, in_force
from mezzotint.compiler.lint.context import ContextError
from mezzotint.compiler.lower import compile_prompt
from mezzotint.compiler.optimizations.catalogue import OPTIMIZATIONS
from mezzotint.compiler.optimizations.optimization import Example
from mezzotint.compiler.optimizations.optimize import optimize, optimize_prompt
from mezzotint.compiler.optimizations.use import Use
from mezzotint.compiler.passes.chunk import COMMA_PADDING_BACKTRACK, Tokenizer, chunk
from mezzotint.compiler.passes.clock import Clock
from mezzotint.compiler.tokens.clip import clip_tokenizer, open_clip_tokenizer

ROOT = Path(__file__).parents[2]
EXAMPLES = [(one, example) for one in OPTIMIZATIONS for example in one.examples]
KEPT = [(one, example) for one in OPTIMIZATIONS for example in one.kept]
LONG = "a b c d e f g h i j k l m n o p q r s t u v w x y z, " * 3
PIECES = [
    *(
        "(",
        ")",
        "((",
        "))",
        "[",
        "]",
        ":",
        "|",
        "\\",
        " ",
        "  ",
        ",",
        "\n",
        "# x\n",
        "()",
        " BREAK ",
        " AND ",
    ),
    *("cat", "red", "1", "1.2", "0", "1.1", "0.5", ":1.21)", "-1", "&amp;", "é", "<lora:x:1>", LONG),
    *("(dog:1)", "(cat:1.2)", " (dog:1.2)", "[cat:dog:0]", "[cat:dog:15]", "[x:(y:1.3):3]", "[c::0.9]"),
    *("[red:red:0.5]", "[a|a]", "[a|b|a|b]", "[a|b|c|d]", "[fog:2.0]"),
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)
STEPS = st.sampled_from([None, 1, 3, 20])


@pytest.mark.parametrize(("one", "example"), EXAMPLES)
def test_examples(one: object, example: Example) -> None:
    result = optimize_prompt(example.before, negative=example.negative, steps=example.steps)
    assert result.text == example.after
    assert getattr(one, "name") in {applied.name for applied in result.applied}  # noqa: B009


@pytest.mark.parametrize(("one", "example"), KEPT)
def test_what_looks_alike_stays(one: object, example: Example) -> None:
    assert optimize_prompt(example.before, negative=example.negative, steps=example.steps).applied == ()


def states(branch: Branch, tokenizer: Tokenizer, backtrack: int, evaluations: int) -> list[object]:
    """What hidden states hang on, at each evaluation: chunks, and the company that shares their means."""
    entries = branch.timeline
    cut = [chunk(e.pieces, tokenizer, comma_padding_backtrack=backtrack).chunks for e in entries]
    (texts,) = even_out([cut])
    columns = list(zip(*texts, strict=True))
    means = [c if any(set(one.multipliers) != {1.0} for one in c) else None for c in columns]
    found = dict(zip(map(id, entries), zip(texts, [means] * len(entries), strict=True), strict=True))
    return [found[id(in_force(entries, step))] for step in range(evaluations)]


def given_to_the_model(program: Program, backtrack: int) -> object:
    branches = (*program.positive, program.negative)
    is_empty = not any(entry.text for entry in program.negative.timeline)
    read = [
        (b.weight, states(b, tokenizer, backtrack, program.steps))
        for b in branches
        for tokenizer in (clip_tokenizer(), open_clip_tokenizer())
    ]
    return program.networks, read, is_empty


def assert_same(before: str, after: str, *, negative: bool, clock: Clock) -> None:
    def compiled(text: str) -> Program:
        return compile_prompt(*(("", text) if negative else (text, "")), clock=clock)

    for backtrack in (COMMA_PADDING_BACKTRACK, 0):
        assert given_to_the_model(compiled(before), backtrack) == given_to_the_model(
            compiled(after), backtrack
        )


def clocks(steps: int | None) -> list[Clock]:
    if steps is not None:
        return [Clock(steps), Clock(2 * steps)]
    return [Clock(1), Clock(7), Clock(40), Clock(20, 7)]


@given(TEXTS, STEPS, st.booleans())
def test_the_model_is_given_the_same(text: str, steps: int | None, negative: bool) -> None:
    result = optimize_prompt(text, steps=steps, negative=negative)
    assert len(result.text) <= len(text)
    assert bool(result.applied) == (result.text != text)
    if result.applied:
        for clock in clocks(steps):
            assert_same(text, result.text, negative=negative, clock=clock)


@given(TEXTS, STEPS, st.booleans())
def test_optimizing_is_idempotent(text: str, steps: int | None, negative: bool) -> None:
    once = optimize_prompt(text, steps=steps, negative=negative).text
    assert optimize_prompt(once, steps=steps, negative=negative).applied == ()
    assert optimize_prompt(once, steps=steps, negative=negative).text == once


@given(st.text(), STEPS)
def test_any_text_comes_back(text: str, steps: int | None) -> None:
    optimize_prompt(text, steps=steps)


def test_real_prompts() -> None:
    prompts = (ROOT / "benchmarks" / "prompts.txt").read_text(encoding="utf-8").splitlines()
    for prompt in prompts[:60]:
        result = optimize_prompt(prompt, steps=20)
        assert_same(prompt, result.text, negative=False, clock=Clock(20))


def golden() -> list[tuple[str, int]]:
    """Prompts of the reference's vectors, and their steps."""
    schedules = ROOT / "mezzotint" / "conformance" / "vectors" / "schedule.jsonl"
    encoded = ROOT / "tests" / "golden" / "cond_sd1" / "cases.jsonl"
    texts = [file.read_text(encoding="utf-8").split("\n") for file in (schedules, encoded)]
    rows = [json.loads(line) for lines in texts for line in lines if line]
    return [(row["prompt"], row.get("steps", 20)) for row in rows if row.get("prompt")]


def test_golden_prompts() -> None:
    changed = 0
    for prompt, steps in golden()[::3]:
        result = optimize_prompt(prompt, steps=steps)
        changed += result.text != prompt
        if result.applied:
            for clock in clocks(steps):
                assert_same(prompt, result.text, negative=False, clock=clock)
    assert changed > 30


def test_the_second_pass_keeps_what_it_reads() -> None:
    assert optimize_prompt("a [cat:dog:25]", steps=20).applied == ()  # 40 evaluations with some samplers
    assert optimize_prompt("a [cat:dog:45]", steps=20).text == "a cat"
    assert optimize_prompt("a [cat:dog:45]", steps=20, hires_steps=30).applied == ()


def test_places_are_those_in_the_original() -> None:
    text = "(((a:1):1), b:1.2)  [cat:dog:0]"
    result = optimize_prompt(text)
    assert result.text == "(a, b:1.2) dog"
    places = {(one.name, text[one.span.start : one.span.end]) for one in result.applied}
    assert ("dead-branch", "[cat:dog:0]") in places
    assert ("neutral-weight", "(a:1)") in places
    assert ("neutral-weight", "((a:1):1)") in places
    assert sum(one.characters for one in result.applied) == len(text) - len(result.text)


def test_what_is_saved() -> None:
    result = optimize_prompt("a [cat:wet dog:0], [red:red:0.5] hat, hat")
    assert result.text == "a wet dog, red hat, hat"
    assert result.before == (41, 10, 2, 16)
    assert result.after == (23, 8, 1, 8)
    assert [(one.name, one.tokens) for one in result.repeated] == []


def test_repeated_tags_stay_and_are_told_of() -> None:
    result = optimize_prompt("cat, red hat, cat")
    assert result.text == "cat, red hat, cat"
    assert [(one.name, one.span.start, one.tokens) for one in result.repeated] == [("cat", 14, 2)]


@pytest.mark.parametrize(
    ("text", "use", "why"),
    [
        ("a {red|blue}  cat", Use(), "template"),
        ("a __colour__  cat", Use(), "template"),
        ("(a:1.2.3)  b", Use(), "compile"),
        ("a  b", Use(family="qwen"), "qwen"),
        ("".join(f"[a:b:0.{n:02}][a:b:{n}]" for n in range(1, 30)), Use(), "too many"),
    ],
)
def test_what_cannot_be_proven_is_left_alone(text: str, use: Use, why: str) -> None:
    result = optimize(text, use)
    assert (result.text, result.applied) == (text, ())
    assert why in result.left_alone


def test_an_unknown_family_is_refused() -> None:
    with pytest.raises(ContextError, match='no model family is called "sd9"'):
        optimize_prompt("a", family="sd9")


def test_no_torch_is_loaded() -> None:
    program = "import mezzotint, sys; mezzotint.optimize('(a:1)', steps=9); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_a_picture_was_made_from_the_text_as_it_stands() -> None:
    assert optimize("a {red|blue}  cat", Use(is_executed=True)).text == "a {red|blue} cat"


def test_names_of_embeddings_are_not_made_of_two_words() -> None:
    text = "a (neon:1.2) (light:1.2)"
    assert optimize_prompt(text).text == "a (neon light:1.2)"
    assert optimize_prompt(text, embeddings=["Neon Light"]).text == text
    assert optimize_prompt(text, embeddings=["neon"]).text == "a (neon light:1.2)"


def test_where_brackets_are_characters_they_stay() -> None:
    plain = Use()
    assert optimize("a (cat:1)", plain).text == "a cat"
    weightless = replace(plain, emphasis=type(plain.emphasis)("None"))
    assert optimize("a  (cat:1)", weightless).text == "a (cat:1)"


@pytest.mark.parametrize("family", ["sd3", "flux", "pixart"])
def test_families_with_t5(family: str) -> None:
    assert optimize_prompt("a (red:1.2) (cat:1.2) ()", family=family).text == "a (red cat:1.2)"


def test_what_takes_too_long_to_prove_is_left_out() -> None:
    text = r"a \n" * 1500  # each is a candidate of its own, as letters stay that look like white space
    assert len(optimize_prompt(f"(a:1) {text}").text) <= len(text) + len("(a:1) ")
    assert optimize_prompt("(a:1.2)  " * 500).text == f"({' '.join('a' * 500)}:1.2)"
