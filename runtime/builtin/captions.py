"""Captions for drawn pictures: sentences and tag lists whose token weights follow the picture."""

import random
from dataclasses import dataclass
from typing import Final

from mezzotint.runtime.builtin.drawing import Item, Picture

SHAPE_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "circle": ("circle", "disc"),
    "square": ("square", "box"),
    "triangle": ("triangle", "pyramid"),
    "star": ("star",),
    "heart": ("heart", "love heart"),
    "cross": ("cross", "plus sign"),
    "ring": ("ring", "donut"),
    "moon": ("moon", "crescent"),
}
_IRREGULAR_PLURALS: Final = {"box": "boxes", "cross": "crosses"}
SIZE_WORDS: Final = {"small": ("small", "tiny", "little"), "big": ("big", "large", "huge")}
COUNT_WORDS: Final = {2: ("two", "2"), 3: ("three", "3")}
STYLE_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "flat": ("flat", "flat color", "minimalist", "vector"),
    "outline": ("outline", "black outline", "bold outline", "cartoon", "lineart"),
    "shaded": ("3d", "shaded", "glossy", "shiny"),
}
SCENE_TAGS: Final[dict[str, tuple[str, ...]]] = {
    "night": ("night sky", "starry sky", "night", "space"),
    "meadow": ("meadow", "grass", "field", "outdoors"),
    "beach": ("beach", "sand", "seaside", "ocean"),
}
SCENE_PHRASES: Final[dict[str, tuple[str, ...]]] = {
    "night": ("in the night sky", "at night", "in a starry sky", "in space"),
    "meadow": ("in a meadow", "on the grass", "in a green field", "outdoors"),
    "beach": ("on the beach", "at the beach", "by the ocean", "on the sand"),
}
PREFIXES: Final = (
    "a picture of",
    "a drawing of",
    "an illustration of",
    "an image of",
    "a photo of",
    "art of",
)
QUALITY_TAGS: Final = (
    "masterpiece",
    "best quality",
    "high quality",
    "highres",
    "absurdres",
    "detailed",
    "4k",
)


@dataclass(frozen=True, slots=True)
class Fragment:
    """A run of words that share one emphasis weight (dimensionless, 1 is neutral)."""

    text: str
    weight: float = 1.0


Caption = tuple[Fragment, ...]


def write_caption(picture: Picture, rng: random.Random) -> Caption:
    """Return a new caption for a picture; 12 % are empty, and some attributes go unmentioned."""
    chance = rng.random()
    if chance < 0.12:
        return ()
    if chance < 0.5:
        return tuple(_sentence(picture, rng))
    return tuple(_tags(picture, rng))


def as_prompt(caption: Caption) -> str:
    """Write a caption in A1111's syntax, such as ``a (red:1.32) circle``."""
    pieces = (f.text if f.weight == 1.0 else f"({f.text}:{f.weight:g})" for f in caption)
    return " ".join(pieces).replace(" ,", ",")


def _pick(words: tuple[str, ...], rng: random.Random) -> str:
    """The first word is the usual one."""
    return words[0] if rng.random() < 0.6 else rng.choice(words)


def _shape_word(shape: str, count: int, rng: random.Random) -> str:
    words = SHAPE_WORDS[shape]
    word = words[0] if rng.random() < 0.85 else rng.choice(words)
    if count == 1:
        return word
    return _IRREGULAR_PLURALS.get(word, word + "s")


def _colours(item: Item, rng: random.Random) -> list[Fragment]:
    if item.other_colour is None:
        word = "grey" if item.colour == "gray" else item.colour
        return [Fragment(word, item.strength)]
    # The picture's blend is w2^2 / (w1^2 + w2^2); only the ratio matters, so one weight is often 1.
    ratio = (item.blend / (1 - item.blend)) ** 0.5
    first = min(1.0, 1.7 / ratio) if rng.random() < 0.7 else min(1.7, max(0.3, rng.uniform(0.5, 1.4) / ratio))
    words = [Fragment(item.colour, round(first, 2)), Fragment(item.other_colour, round(first * ratio, 2))]
    if rng.random() < 0.5:
        words.reverse()
    return words


def _noun(picture: Picture, item: Item, rng: random.Random) -> list[Fragment]:
    """Size, colour and shape of one object; each is left out now and then."""
    count = 1 if len(set(picture.items)) > 1 else len(picture.items)
    fragments: list[Fragment] = []
    if picture.size != "medium" and rng.random() < 0.9:
        fragments.append(Fragment(_pick(SIZE_WORDS[picture.size], rng), picture.size_strength))
    dropped = rng.random()
    if dropped > 0.05:
        fragments += _colours(item, rng)
    if dropped < 0.95:
        # A shape has no strength: its weight must change nothing.
        weight = round(rng.uniform(0.7, 1.4), 2) if rng.random() < 0.06 else 1.0
        fragments.append(Fragment(_shape_word(item.shape, count, rng), weight))
    else:
        fragments.append(Fragment("shape" if count == 1 else "shapes"))
    return fragments


def _objects(picture: Picture, rng: random.Random, articles: bool) -> list[list[Fragment]]:
    if len(set(picture.items)) > 1:
        nouns = [_noun(picture, item, rng) for item in picture.items]
        return [[Fragment("a"), *noun] for noun in nouns] if articles else nouns
    noun = _noun(picture, picture.items[0], rng)
    if len(picture.items) > 1:
        if rng.random() < 0.97:
            noun.insert(0, Fragment(_pick(COUNT_WORDS[len(picture.items)], rng)))
    elif articles and rng.random() < 0.85:
        noun.insert(0, Fragment("one" if rng.random() < 0.15 else "a"))
    return [noun]


def _mentions_background(picture: Picture, rng: random.Random) -> bool:
    # A background that goes unmentioned is usually white, which keeps plain prompts readable.
    return rng.random() > (0.5 if picture.background == "white" else 0.08)


def _background_word(picture: Picture, rng: random.Random) -> str:
    return "grey" if picture.background == "gray" and rng.random() < 0.4 else picture.background


def _style_word(picture: Picture, rng: random.Random) -> str | None:
    mentioned = rng.random() < (0.2 if picture.style == "flat" else 0.95)
    return _pick(STYLE_WORDS[picture.style], rng) if mentioned else None


def _sentence(picture: Picture, rng: random.Random) -> list[Fragment]:
    objects = _objects(picture, rng, articles=True)
    fragments = [Fragment(rng.choice(PREFIXES))] if rng.random() < 0.35 else []
    style = _style_word(picture, rng)
    if style is not None and rng.random() < 0.3:
        fragments = [Fragment(style), Fragment(rng.choice(("drawing of", "picture of")))]
        style = None
    for i, noun in enumerate(objects):
        fragments += [Fragment("and"), *noun] if i else noun
    if _mentions_background(picture, rng):
        if picture.background in SCENE_PHRASES:
            fragments.append(Fragment(_pick(SCENE_PHRASES[picture.background], rng)))
        else:
            preposition = _pick(("on a", "against a", "with a"), rng)
            fragments.append(Fragment(f"{preposition} {_background_word(picture, rng)} background"))
    if style is not None:
        fragments += [Fragment(","), Fragment(style)]
    return fragments


def _tags(picture: Picture, rng: random.Random) -> list[Fragment]:
    objects = _objects(picture, rng, articles=False)
    if len(objects) == 1 and len(objects[0]) > 1 and rng.random() < 0.15:
        *rest, shape = objects[0]
        objects = [[shape], rest] if rng.random() < 0.5 else [rest, [shape]]
    tags: list[list[Fragment]] = []
    if _mentions_background(picture, rng):
        if picture.background in SCENE_TAGS:
            tags.append([Fragment(_pick(SCENE_TAGS[picture.background], rng))])
        else:
            tags.append([Fragment(f"{_background_word(picture, rng)} background")])
            if rng.random() < 0.2:
                tags.append([Fragment("simple background")])
    style = _style_word(picture, rng)
    if style is not None:
        tags.append([Fragment(style)])
    rng.shuffle(tags)
    # The objects stay together and in order: the first named is drawn leftmost.
    at = 0 if rng.random() < 0.6 else rng.randrange(len(tags) + 1)
    tags[at:at] = objects
    quality = [[Fragment(tag)] for tag in rng.sample(QUALITY_TAGS, rng.choice((0, 0, 1, 2, 3)))]
    tags = quality + tags if rng.random() < 0.7 else tags + quality
    fragments: list[Fragment] = []
    for i, tag in enumerate(tags):
        fragments += [Fragment(","), *tag] if i else tag
    return fragments
