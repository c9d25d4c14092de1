"""What an infotext means where its prompts or the keys to disregard are out of the ordinary."""

from pathlib import Path

import pytest

from mezzotint.compiler.passes.attention import attention
from mezzotint.conformance.infotext import infotext_parse
from mezzotint.conformance.result import Result, Row, Source
from mezzotint.grammar.errors import PromptError
from mezzotint.grammar.infotext.effective import ReadOptions, effective
from mezzotint.grammar.infotext.samplers import resolve_hires_sampler
from mezzotint.grammar.infotext.text import parse

SETTINGS = "Steps: 20, Sampler: Euler, Seed: 1, Schedule type: Normal"
MALFORMED = [
    f"(a:1.2.3)\n{SETTINGS}",
    f"(a)\nNegative prompt: (b:.)\n{SETTINGS}",
    f"a\nNegative prompt: (b:1..2)\n{SETTINGS}",
]


@pytest.mark.parametrize("text", MALFORMED)
def test_a_malformed_weight_fails_wherever_it_stands(text: str) -> None:
    with pytest.raises(PromptError):
        effective(parse(text), attention)


@pytest.mark.parametrize("text", MALFORMED)
def test_the_suite_takes_a_malformed_weight_for_the_error_it_is(text: str) -> None:
    raw = [[setting.key, setting.raw] for setting in parse(text).settings]
    row: Row = {"text": text, "raw": raw, "dropped": 0, "lastline_matches": len(raw), "error": "ValueError"}
    result = infotext_parse(Source(Path()))(row)
    assert isinstance(result, Result)
    assert result.is_equal


@pytest.mark.parametrize("prompt", ["(a)", "(a:1.2.3)"])
def test_a_given_emphasis_stays_and_weights_are_not_asked(prompt: str) -> None:
    assert effective(parse(f"{prompt}\n{SETTINGS}, Emphasis: None"), attention)["Emphasis"] == "None"


def test_a_disregarded_key_of_the_second_pass_means_that_of_the_first() -> None:
    options = ReadOptions(skip=frozenset({"Hires sampler", "Hires schedule type"}))
    text = f"a\n{SETTINGS}, Hires sampler: DDIM, Hires schedule type: Karras"
    settings = effective(parse(text), attention, options)
    assert resolve_hires_sampler(settings) == ("Use same sampler", "Use same scheduler")
