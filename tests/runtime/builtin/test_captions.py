"""Captions: grammar, agreement with the picture, and weights."""

import random

import pytest

from mezzotint.runtime.builtin.captions import (
    COUNT_WORDS,
    SHAPE_WORDS,
    Caption,
    Fragment,
    as_prompt,
    write_caption,
)
from mezzotint.runtime.builtin.drawing import COLOURS, Item, Picture, sample_picture


def draw_captions(picture: Picture, count: int = 300) -> list[Caption]:
    rng = random.Random(11)
    return [write_caption(picture, rng) for _ in range(count)]


def test_about_one_caption_in_eight_is_empty() -> None:
    rng = random.Random(0)
    captions = [write_caption(sample_picture(rng), rng) for _ in range(3000)]
    assert 0.1 < sum(c == () for c in captions) / len(captions) < 0.14


def test_captions_have_no_stray_commas_or_spaces() -> None:
    rng = random.Random(1)
    for _ in range(2000):
        prompt = as_prompt(write_caption(sample_picture(rng), rng))
        assert prompt == prompt.strip(" ,")
        assert ",," not in prompt
        assert "  " not in prompt
        assert ", ," not in prompt


def test_a_single_objects_caption_names_only_its_own_colour_and_shape() -> None:
    picture = Picture((Item("star", "green"),), "gray", "flat", "medium", 1.0, 0)
    others = (set(COLOURS) - {"green"}) | {w for s, ws in SHAPE_WORDS.items() if s != "star" for w in ws}
    captions = [as_prompt(c).replace(",", "").split() for c in draw_captions(picture)]
    assert not any(others & set(words) for words in captions)
    assert sum("star" in words and "green" in words for words in captions) > 200


def test_the_strength_is_the_colours_weight() -> None:
    picture = Picture((Item("circle", "red", strength=1.32),), "white", "flat", "medium", 1.0, 0)
    weights = {f.weight for c in draw_captions(picture) for f in c if f.text == "red"}
    assert weights == {1.32}


def test_the_size_strength_is_the_size_words_weight() -> None:
    picture = Picture((Item("circle", "red"),), "white", "flat", "big", 1.4, 0)
    weights = {f.weight for c in draw_captions(picture) for f in c if f.text in ("big", "large", "huge")}
    assert weights == {1.4}


@pytest.mark.parametrize("blend", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_a_blends_weights_have_the_blends_ratio(blend: float) -> None:
    picture = Picture((Item("circle", "red", 1.0, "blue", blend),), "white", "flat", "medium", 1.0, 0)
    for caption in draw_captions(picture):
        weights = {f.text: f.weight for f in caption}
        if "red" in weights:
            assert weights["blue"] ** 2 / (weights["red"] ** 2 + weights["blue"] ** 2) == pytest.approx(
                blend, abs=0.03
            )


@pytest.mark.parametrize("count", [2, 3])
def test_counts_are_named_and_plural(count: int) -> None:
    picture = Picture((Item("cross", "blue"),) * count, "white", "flat", "medium", 1.0, 0)
    prompts = [f" {as_prompt(c)} " for c in draw_captions(picture) if c]
    named = [p for p in prompts if any(f" {word} " in p for word in COUNT_WORDS[count])]
    assert len(named) > 0.9 * len(prompts)
    assert not any(" cross " in p or " crosss" in p for p in prompts)


def test_a_pair_is_named_left_to_right() -> None:
    picture = Picture((Item("star", "green"), Item("heart", "pink")), "white", "flat", "medium", 1.0, 0)
    for caption in draw_captions(picture):
        words = as_prompt(caption).replace(",", "").split()
        if "star" in words and "heart" in words:
            assert words.index("star") < words.index("heart")


def test_prompts_are_written_in_a1111_syntax() -> None:
    caption = (Fragment("a"), Fragment("red", 1.32), Fragment("circle"), Fragment(","), Fragment("flat"))
    assert as_prompt(caption) == "a (red:1.32) circle, flat"
