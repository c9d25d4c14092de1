"""Prompt pairs to programs."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mezzotint.compiler.ir import A1111Weights, Break, Emphasis, Segment
from mezzotint.compiler.ir_json import digest, from_json, to_json
from mezzotint.compiler.lower import HiresPrompts, compile_prompt
from mezzotint.compiler.passes.chunk import EmbeddingNames
from mezzotint.compiler.passes.clock import Clock
from mezzotint.compiler.passes.mapped import Mapped, join
from mezzotint.compiler.tokens.clip import clip_tokenizer
from mezzotint.grammar.errors import PromptError

SOURCE = "# note\na (red:1.2) [cat:dog:0.5] BREAK <lora:x:0.8:te=0.5> x AND (bird) :0.7"


def test_a_program() -> None:
    program = compile_prompt(SOURCE, "AND <b>", clock=Clock(10))
    first, second = program.positive
    assert [e.end_step for e in first.timeline] == [5, 10]
    assert [e.text for e in first.timeline] == ["\na (red:1.2) cat BREAK  x", "\na (red:1.2) dog BREAK  x"]
    assert second.weight == 0.7
    assert second.timeline[0].pieces == (Segment(" ", 1.0), Segment("bird", 1.1))
    assert program.negative.timeline[0].pieces == (Segment("AND <b>", 1.0),)
    assert program.networks[0].positional == ("x", "0.8")
    assert program.networks[0].named == (("te", "0.5"),)


def test_pieces_point_to_the_source() -> None:
    program = compile_prompt(SOURCE)
    for piece in program.positive[0].timeline[0].pieces:
        assert piece.span is not None
        text = SOURCE[piece.span.start : piece.span.end]
        if isinstance(piece, Break):
            assert text == "BREAK"
        elif piece.text in ("red", "x"):
            assert piece.text in text


def test_emphasis_none_takes_brackets_as_text() -> None:
    program = compile_prompt("(a:1.2) BREAK", interpretation=A1111Weights(Emphasis.NONE))
    assert program.positive[0].timeline[0].pieces == (Segment("(a:1.2) BREAK", 1.0),)


def test_an_error_names_the_place_in_the_source() -> None:
    source = "# note\n<lora:x> (a:1.2.3), b"
    with pytest.raises(PromptError) as caught:
        compile_prompt(source)
    span = caught.value.diagnostic.span
    assert source[span.start : span.end] == "1.2.3"
    assert "<prompt>:2:13" in str(caught.value)
    with pytest.raises(PromptError, match="<negative prompt>:1:4"):
        compile_prompt("a", "(a:1.2.3)")


@given(st.text(alphabet="()[]:|\\ ab1.2BREAKND<>#\n"), st.integers(1, 30))
def test_programs_survive_json(text: str, steps: int) -> None:
    try:
        program = compile_prompt(text, text, clock=Clock(steps))
    except PromptError:
        return
    again = from_json(json.loads(json.dumps(to_json(program))))
    assert again == program
    assert digest(again) == digest(program) == digest(compile_prompt(text, text, clock=Clock(steps)))


@pytest.mark.parametrize(
    ("old_timeline", "ends", "text"),
    [(False, [3, 6], "cat"), (True, [10], "dog")],  # 1.5: half of the second pass, or step 1 of the first
)
def test_the_second_pass_has_a_timeline_of_its_own(old_timeline: bool, ends: list[int], text: str) -> None:
    hires = HiresPrompts(6)
    program = compile_prompt("[cat:dog:1.5]", clock=Clock(10, None, old_timeline), hires=hires)
    assert program.steps == 10
    assert program.hires is not None
    assert program.hires.steps == (10 if old_timeline else 6)
    (branch,) = program.hires.positive
    assert [e.end_step for e in branch.timeline][-len(ends) :] == ends
    assert branch.at(2).text == text
    assert from_json(to_json(program)) == program


def test_the_second_pass_may_have_other_prompts() -> None:
    program = compile_prompt("a <lora:x>", "b", hires=HiresPrompts(5, "c <lora:y>", "d")).hires
    assert program is not None
    assert [program.positive[0].timeline[0].text, program.negative.timeline[0].text] == ["c", "d"]
    assert [n.positional for n in program.networks] == [("y",)]
    with pytest.raises(PromptError, match="<hires negative prompt>:1:4"):
        compile_prompt("a", hires=HiresPrompts(5, None, "(a:1.2.3)"))


def test_embeddings_are_named_once_in_order() -> None:
    names = EmbeddingNames({"neon": 2, "bad hands": 3, "unused": 1}, clip_tokenizer())
    program = compile_prompt("[a|Bad Hands] (neon:1.2) neon", "neon", embeddings=names, hires=HiresPrompts(3))
    assert [(e.name, e.vectors) for e in program.embeddings] == [("neon", 2), ("bad hands", 3)]
    assert program.hires is not None
    assert program.hires.embeddings == program.embeddings
    assert from_json(to_json(program)) == program


def test_the_old_implementation_reads_no_numbers() -> None:
    program = compile_prompt("(a:1.2.3) BREAK", interpretation=A1111Weights(old=True))
    assert program.positive[0].timeline[0].pieces == (Segment("(a:1.2.3) BREAK", 1.0),)


def test_a_foreign_program_is_refused() -> None:
    with pytest.raises(ValueError, match="version 99"):
        from_json({"version": 99})
    with pytest.raises(ValueError, match="not a program"):
        from_json({"version": 2})


@given(st.text(min_size=1), st.data())
def test_mapped_texts_know_where_each_character_stood(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=4, max_size=4)))
    mapped = Mapped(text).without([(cuts[0], cuts[1]), (cuts[2], cuts[3])])
    mapped = join([mapped.slice(1, len(mapped.text)), Mapped("?", ((0, 0),)), mapped])
    for position, character in enumerate(mapped.text):
        if character != "?":
            assert text[mapped.offset(position)] == character
