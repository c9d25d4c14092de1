"""Words that an encoder will not see, and the table of what encoders can do."""

import subprocess
import sys

import pytest

from mezzotint.compiler.conditioning.capabilities import FAMILIES, WeightUse
from mezzotint.compiler.conditioning.truncation import find_unseen, truncated_chunk
from mezzotint.compiler.lower import compile_prompt
from mezzotint.compiler.passes.clock import Clock
from mezzotint.compiler.tokens.clip import clip_tokenizer
from mezzotint.grammar.diagnostics import Diagnostic, Severity


def unseen(prompt: str, family: str, clock: Clock | None = None) -> list[Diagnostic]:
    return find_unseen(compile_prompt(prompt, clock=clock).positive, prompt, FAMILIES[family])


def cut(prompt: str, found: Diagnostic) -> str:
    return prompt[found.span.start : found.span.end]


def test_the_table_is_light() -> None:
    code = (
        "import sys, mezzotint.compiler.conditioning.truncation\n"
        "heavy = {'torch', 'numpy', 'transformers', 'tokenizers'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_every_family_says_what_becomes_of_weights() -> None:
    assert {"sd1", "sd2", "sdxl", "sd3", "flux-dev", "flux-schnell", "pixart-alpha", "pixart-sigma"} == set(
        FAMILIES
    )
    for family in FAMILIES.values():
        assert any(able.weights is not WeightUse.IGNORED for able in family)
        for able in family:
            assert able.is_pooled is (able.weights is WeightUse.IGNORED)
            assert able.tokenizer().encode("a cat") == [t.id for t in able.tokenizer().tokens("a cat")]


@pytest.mark.parametrize("family", FAMILIES)
def test_a_short_prompt_is_seen_whole(family: str) -> None:
    assert unseen("a (red:1.3) cat", family) == []
    assert unseen("", family) == []


def test_clip_of_sd3_and_t5_lose_different_words() -> None:
    prompt = "cat " * 70 + "one two three four five six seven eight " + "dog " * 200
    clip, t5 = unseen(prompt, "sd3")
    assert clip.severity is t5.severity is Severity.WARNING
    assert cut(prompt, clip).startswith("six seven")
    assert "CLIP of SD 3 reads 75 tokens" in clip.message
    assert '"six seven eight dog dog' in clip.message
    assert "and 191 more words" in clip.message
    assert "T5 of SD 3 reads 255 tokens" in t5.message
    assert set(cut(prompt, t5).split()) == {"dog"}


def test_flux_reads_on_where_its_pooled_vector_ends() -> None:
    prompt = "cat " * 80
    (found,) = unseen(prompt, "flux-dev")
    assert found.severity is Severity.INFO
    assert found.message == (
        'the pooled vector of CLIP-L reads 75 tokens of this text and will not see "cat cat cat cat cat"'
    )


def test_the_pooled_vector_of_sdxl_ends_where_its_first_chunk_does() -> None:
    prompt = "cat " * 70 + ", blue sky over the sea and more"
    (found,) = unseen(prompt, "sdxl")
    assert "OpenCLIP-G reads 71 tokens" in found.message  # the phrase after the comma moves as a whole
    assert cut(prompt, found) == "blue sky over the sea and more"
    (found,) = unseen("a BREAK b", "sdxl")
    assert cut("a BREAK b", found) == "b"


def test_a_word_that_is_cut_in_two_is_named() -> None:
    prompt = "cat " * 74 + "incomprehensibilities"
    (found,) = unseen(prompt, "flux-dev")
    assert cut(prompt, found) == "incomprehensibilities"


def test_spans_point_into_the_prompt_as_written() -> None:
    prompt = "<lora:x:1> (" + "Cat " * 70 + "\\(Ünder\\) the [red:blue:5] sky:1.2) (END:0.5)"
    first, second = unseen(prompt, "flux-dev", Clock(10))  # before and after the change
    assert first.message.endswith('"the red sky END"')
    assert second.message.endswith('"the blue sky END"')
    assert cut(prompt, first) == cut(prompt, second) == "the [red:blue:5] sky:1.2) (END"


def test_each_cut_is_reported_once() -> None:
    text = "cat " * 80
    assert len(unseen(f"[a|b] {text}", "flux-dev", Clock(10))) == 1
    assert len(unseen(f"{text} AND {text}", "flux-dev")) == 2


def test_a_text_without_blanks_is_shortened() -> None:
    (found,) = unseen("猫" * 400, "flux-dev")
    assert found.message.endswith('猫…"')
    assert len(found.message) < 200


def test_long_prompts_take_no_longer_than_their_tokens() -> None:
    prompt = "word \\( " * 3000  # quadratic searches take minutes here
    pooled, hidden = unseen(prompt, "flux-dev")
    assert cut(prompt, hidden).startswith(("(", "word"))
    assert len(pooled.span) > len(hidden.span)


def test_truncation_ignores_commas_and_breaks() -> None:
    (branch,) = compile_prompt("a BREAK " + "b, " * 60).positive
    found = truncated_chunk(branch.timeline[0].pieces, clip_tokenizer())
    assert found.tokens[1:76] == (320, *[321, 267] * 37)
