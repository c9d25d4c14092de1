"""Compact tokens, emphasis and the sampler's prompt forms."""

import random

import pytest
import torch
from transformers import CLIPTokenizer

from mezzotint.runtime.builtin import model_path
from mezzotint.runtime.builtin.captions import Fragment
from mezzotint.runtime.builtin.gates import background_phrase, is_rising, nearest_colour, redness
from mezzotint.runtime.builtin.sampling import both, edited, plain
from mezzotint.runtime.builtin.tokens import UNKNOWN, CompactVocabulary, emphasise


@pytest.fixture(scope="module")
def vocabulary() -> CompactVocabulary:
    vocabulary = CompactVocabulary(CLIPTokenizer.from_pretrained(model_path() / "tokenizer"))
    vocabulary.add_words("a red circle , blue")
    return vocabulary


def test_rows_follow_first_use_after_bos_and_eos(vocabulary: CompactVocabulary) -> None:
    assert vocabulary.ids == [49406, 49407, 320, 736, 7117, 267, 1746]
    assert len(vocabulary) == 8
    assert vocabulary.rows_of("blue circle") == [7, 5]
    assert vocabulary.rows_of("cat") == [UNKNOWN]


def test_captions_are_padded_with_eos_and_carry_their_weights(vocabulary: CompactVocabulary) -> None:
    captions = [(Fragment("a"), Fragment("red", 1.3), Fragment("circle")), ()]
    rows, weights = vocabulary.encode(captions)
    assert rows.shape == weights.shape == (2, 77)
    assert rows[0, :6].tolist() == [1, 3, 4, 5, 2, 2]
    assert weights[0, :5].tolist() == pytest.approx([1, 1, 1.3, 1, 1])
    assert rows[1].tolist() == [1] + [2] * 76


def test_a_long_caption_keeps_its_closing_eos(vocabulary: CompactVocabulary) -> None:
    rows, _ = vocabulary.encode([(Fragment("red " * 100),)], random.Random(0))
    assert rows[0, 0] == 1
    assert rows[0, 76] == 2
    assert (rows[0, 1:76] == 4).sum() >= 72


def test_emphasis_restores_the_mean_of_each_item() -> None:
    torch.manual_seed(0)
    hidden_states = torch.rand(2, 77, 8) + 0.1
    weights = torch.ones(2, 77)
    weights[0, 2] = 1.5
    emphasised = emphasise(hidden_states, weights)
    assert torch.equal(emphasised[1], hidden_states[1])
    assert emphasised[0].mean().item() == pytest.approx(hidden_states[0].mean().item(), rel=1e-5)
    ratio = emphasised[0, 2] / emphasised[0, 3] / (hidden_states[0, 2] / hidden_states[0, 3])
    assert torch.allclose(ratio, torch.full((8,), 1.5))


def test_prompt_forms_give_each_steps_conditions() -> None:
    assert plain("x")(0.5) == (("x", 1.0),)
    assert both("x", "y")(0.0) == (("x", 1.0), ("y", 1.0))
    schedule = edited("a {} circle", "red", "blue", 0.4)
    assert [schedule(done)[0][0] for done in (0.0, 0.39, 0.4)] == [
        "a red circle",
        "a red circle",
        "a blue circle",
    ]


def test_redness_runs_from_cyan_to_red() -> None:
    red = torch.tensor([1.0, -1.0, -1.0]).view(1, 3, 1, 1).expand(1, 3, 64, 64)
    assert redness(red) == 1
    assert redness(-red) == -1
    assert redness(torch.zeros(1, 3, 64, 64)) == 0


def test_rising_is_strict_by_default() -> None:
    assert is_rising([0.1, 0.2, 0.3])
    assert not is_rising([0.1, 0.1, 0.3])


def test_slack_lets_a_level_stretch_pass_but_no_fall() -> None:
    assert is_rising([0.1, 0.099, 0.3], slack=0.004)
    assert not is_rising([0.1, 0.09, 0.3], slack=0.004)


def test_backgrounds_are_phrased_as_captions_phrase_them() -> None:
    assert background_phrase("blue") == "on a blue background"
    assert background_phrase("night") == "in the night sky"


def test_the_nearest_colour_is_read_at_its_place() -> None:
    signal = torch.full((3, 64, 64), -1.0)
    signal[0, :, :32] = 0.7
    assert nearest_colour(signal, 0.27, 0.5) == "red"
    assert nearest_colour(signal, 0.73, 0.5) == "black"
