"""The training pictures: determinism, sizes and visibility."""

import random

import numpy as np
import pytest

from mezzotint.runtime.builtin.drawing import (
    BACKGROUNDS,
    COLOURS,
    SHAPES,
    STYLES,
    Item,
    Picture,
    draw_picture,
    is_visible,
    item_rgb,
    sample_picture,
    shape_contours,
)


def test_one_record_always_gives_the_same_bytes() -> None:
    first = [draw_picture(sample_picture(random.Random(seed)), 64, 64).tobytes() for seed in range(20)]
    second = [draw_picture(sample_picture(random.Random(seed)), 64, 64).tobytes() for seed in range(20)]
    assert first == second
    assert len(set(first)) == 20


@pytest.mark.parametrize(("width", "height"), [(64, 64), (128, 128), (192, 128), (128, 192)])
def test_a_picture_has_the_size_asked_for(width: int, height: int) -> None:
    image = draw_picture(sample_picture(random.Random(3)), width, height)
    assert image.size == (width, height)
    assert image.mode == "RGB"


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("style", STYLES)
def test_every_shape_and_style_shows_its_colour(shape: str, style: str) -> None:
    picture = Picture((Item(shape, "red"),), "white", style, "medium", 1.0, 0)
    red, green, blue = np.asarray(draw_picture(picture, 128, 128)).astype(int).transpose(2, 0, 1)
    reddish = (red > 60) & (red > 2 * np.maximum(green, blue))
    assert 600 < reddish.sum() < 9000


def test_shapes_differ_from_each_other() -> None:
    drawn = {
        draw_picture(Picture((Item(shape, "blue"),), "white", "flat", "medium", 1.0, 5), 64, 64).tobytes()
        for shape in SHAPES
    }
    assert len(drawn) == len(SHAPES)


def test_objects_are_never_drawn_in_their_backgrounds_colour() -> None:
    rng = random.Random(0)
    for _ in range(500):
        picture = sample_picture(rng)
        assert all(is_visible(item.colour, picture.background) for item in picture.items)
    assert all(any(is_visible(colour, background) for colour in COLOURS) for background in BACKGROUNDS)


def test_strength_moves_a_colour_away_from_grey() -> None:
    spreads = []
    for strength in (0.3, 0.7, 1.0, 1.3, 1.6):
        rgb = item_rgb(Item("circle", "red", strength))
        spreads.append(max(rgb) - min(rgb))
    assert spreads == sorted(spreads)
    assert spreads[0] < 80 < 220 < spreads[-1]


def test_an_unknown_shape_is_named_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="unknown shape 'hexagon'; known: circle"):
        shape_contours("hexagon", 0.0)
