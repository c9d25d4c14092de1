"""Training pictures drawn from attribute records: plain shapes on plain or simple backgrounds."""

import math
import random
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageChops, ImageDraw

RGB = tuple[int, int, int]
Contour = list[tuple[float, float]]

SHAPES: Final = ("circle", "square", "triangle", "star", "heart", "cross", "ring", "moon")
STYLES: Final = ("flat", "outline", "shaded")
SIZES: Final = ("small", "medium", "big")

COLOURS: Final[dict[str, RGB]] = {
    "red": (215, 45, 45),
    "orange": (240, 135, 35),
    "yellow": (240, 215, 45),
    "green": (50, 160, 65),
    "blue": (45, 85, 215),
    "purple": (130, 60, 190),
    "pink": (240, 115, 180),
    "white": (248, 248, 248),
    "black": (24, 24, 24),
}
# Paler than the objects' colours, so that an object stands out on a background of a near hue.
PLAIN_BACKGROUNDS: Final[dict[str, RGB]] = {
    "white": (250, 250, 250),
    "black": (16, 16, 16),
    "gray": (140, 140, 140),
    "red": (190, 90, 90),
    "yellow": (246, 230, 140),
    "green": (135, 205, 140),
    "blue": (125, 175, 235),
    "pink": (250, 195, 220),
}
SCENES: Final = ("night", "meadow", "beach")
BACKGROUNDS: Final = (*PLAIN_BACKGROUNDS, *SCENES)
# Object colours that would melt into the scene behind them.
_HIDDEN_IN: Final[dict[str, frozenset[str]]] = {
    "white": frozenset({"white"}),
    "black": frozenset({"black"}),
    "gray": frozenset(),
    "red": frozenset({"red"}),
    "yellow": frozenset({"yellow"}),
    "green": frozenset({"green"}),
    "blue": frozenset({"blue"}),
    "pink": frozenset({"pink"}),
    "night": frozenset({"black"}),
    "meadow": frozenset({"green"}),
    "beach": frozenset({"blue"}),
}
# Centres by count, in fractions of width and height; first named is leftmost.
_SLOTS: Final[dict[int, tuple[tuple[float, float], ...]]] = {
    1: ((0.5, 0.5),),
    2: ((0.27, 0.5), (0.73, 0.5)),
    3: ((0.28, 0.3), (0.72, 0.3), (0.5, 0.72)),
}
_SUPERSAMPLING: Final = 2


@dataclass(frozen=True, slots=True)
class Item:
    """One drawn object; a second colour blends in by ``blend`` (0 to 1)."""

    shape: str
    colour: str
    strength: float = 1.0
    other_colour: str | None = None
    blend: float = 0.0


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything a picture shows.

    Attributes:
        items: one to three objects, left to right.
        background: a key of ``BACKGROUNDS``.
        style: a key of ``STYLES``.
        size: a key of ``SIZES``; only a single object is other than medium.
        size_strength: how small or big, dimensionless, 1 for the plain word.
        seed: places and turns the objects.
    """

    items: tuple[Item, ...]
    background: str
    style: str
    size: str
    size_strength: float
    seed: int


def is_visible(colour: str, background: str) -> bool:
    """Whether an object of this colour stands out on this background."""
    return colour not in _HIDDEN_IN[background]


def item_rgb(item: Item) -> RGB:
    """Return the object's fill: its colours blended, then moved away from grey by its strength."""
    first = COLOURS[item.colour]
    second = COLOURS[item.other_colour or item.colour]
    mixed = [a + item.blend * (b - a) for a, b in zip(first, second, strict=True)]
    grey = 0.3 * mixed[0] + 0.59 * mixed[1] + 0.11 * mixed[2]
    red, green, blue = (min(255, max(0, round(grey + item.strength * (c - grey)))) for c in mixed)
    return red, green, blue


def sample_picture(rng: random.Random) -> Picture:
    """Draw one attribute record: mostly a single object, then two or three alike, then a pair."""
    background = rng.choice(BACKGROUNDS)
    visible = [colour for colour in COLOURS if is_visible(colour, background)]
    kind = rng.random()
    size, size_strength = "medium", 1.0
    first = Item(rng.choice(SHAPES), rng.choice(visible))
    if kind < 0.66:
        items: tuple[Item, ...] = (_with_strength(first, visible, rng),)
        if rng.random() < 0.4:
            size = rng.choice(("small", "big"))
            size_strength = round(rng.uniform(0.5, 1.5), 2) if rng.random() < 0.3 else 1.0
    elif kind < 0.9:
        items = (first,) * (2 if kind < 0.78 else 3)
    else:
        items = (first, Item(rng.choice(SHAPES), rng.choice([c for c in visible if c != first.colour])))
    style = rng.choices(STYLES, (4, 1, 1))[0]
    return Picture(items, background, style, size, size_strength, rng.getrandbits(32))


def _with_strength(item: Item, visible: list[str], rng: random.Random) -> Item:
    chance = rng.random()
    if item.colour in ("white", "black") or chance > 0.36:
        return item
    if chance < 0.26:
        return Item(item.shape, item.colour, strength=round(rng.uniform(0.3, 1.6), 2))
    hues = [c for c in visible if c not in ("white", "black", item.colour)]
    return Item(item.shape, item.colour, 1.0, rng.choice(hues), round(rng.uniform(0.1, 0.9), 2))


def item_radius(picture: Picture, rng: random.Random) -> float:
    """Return an object's radius as a fraction of the shorter side."""
    if len(picture.items) == 2:
        return rng.uniform(0.18, 0.21)
    if len(picture.items) == 3:
        return rng.uniform(0.16, 0.185)
    if picture.size == "small":
        return 0.225 - 0.07 * picture.size_strength + rng.uniform(-0.01, 0.01)
    if picture.size == "big":
        return 0.3 + 0.1 * picture.size_strength + rng.uniform(-0.01, 0.01)
    return rng.uniform(0.25, 0.31)


def draw_picture(picture: Picture, width: int, height: int) -> Image.Image:
    """Draw a picture, antialiased.

    Args:
        picture: what to show.
        width: pixels.
        height: pixels.

    Returns:
        An RGB image of ``width`` by ``height``; the same record always gives the same bytes.
    """
    rng = random.Random(picture.seed)
    big_width, big_height = width * _SUPERSAMPLING, height * _SUPERSAMPLING
    image = _background(picture.background, big_width, big_height, rng)
    shorter = min(big_width, big_height)
    jitter = 0.05 if len(picture.items) == 1 else 0.025
    radius = item_radius(picture, rng)
    for item, (x, y) in zip(picture.items, _SLOTS[len(picture.items)], strict=True):
        centre_x = (x + rng.uniform(-jitter, jitter)) * big_width
        centre_y = (y + rng.uniform(-jitter, jitter)) * big_height
        contours = shape_contours(item.shape, rng.uniform(-0.1, 0.1))
        placed = [
            [(centre_x + px * radius * shorter, centre_y + py * radius * shorter) for px, py in c]
            for c in contours
        ]
        _paint(image, placed, item_rgb(item), picture.style, max(2.0, 0.16 * radius * shorter))
    return image.reduce(_SUPERSAMPLING)


def _background(name: str, width: int, height: int, rng: random.Random) -> Image.Image:
    if name in PLAIN_BACKGROUNDS:
        return Image.new("RGB", (width, height), PLAIN_BACKGROUNDS[name])
    if name == "night":
        image = Image.new("RGB", (width, height), (18, 22, 66))
        draw = ImageDraw.Draw(image)
        dot = max(2, round(0.02 * min(width, height)))
        for _ in range(14):
            x, y = rng.randrange(width), rng.randrange(height)
            draw.ellipse((x, y, x + dot, y + dot), fill=(235, 235, 210))
        return image
    bands: tuple[tuple[float, RGB], ...] = ((0.0, (150, 208, 246)), (0.6, (86, 158, 60)))
    if name == "beach":
        bands = ((0.0, (176, 222, 250)), (0.42, (38, 128, 190)), (0.62, (236, 212, 150)))
    image = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(image)
    shift = rng.uniform(-0.04, 0.04)
    for start, colour in bands:
        draw.rectangle((0, (start + shift if start else 0.0) * height, width, height), fill=colour)
    return image


def _turned(radius: float, angle: float) -> tuple[float, float]:
    return radius * math.sin(angle), -radius * math.cos(angle)


def _arc(radius: float, start: float, stop: float, centre_x: float = 0.0) -> Contour:
    steps = 32
    points = (_turned(radius, start + (stop - start) * i / steps) for i in range(steps + 1))
    return [(x + centre_x, y) for x, y in points]


def _heart() -> Contour:
    points: Contour = []
    for i in range(48):
        t = 2 * math.pi * i / 48
        y = 13 * math.cos(t) - 5 * math.cos(2 * t) - 2 * math.cos(3 * t) - math.cos(4 * t)
        points.append((16 * math.sin(t) ** 3 / 16.5, -(y + 2.5) / 15.0))
    return points


def _cross() -> Contour:
    a, b = 0.34, 1.0
    corners = (
        (-a, -b),
        (a, -b),
        (a, -a),
        (b, -a),
        (b, a),
        (a, a),
        (a, b),
        (-a, b),
        (-a, a),
        (-b, a),
        (-b, -a),
        (-a, -a),
    )
    return [(x, y) for x, y in corners]


def shape_contours(shape: str, angle: float) -> list[Contour]:
    """Return the closed outlines of a shape of radius 1 around the origin; the second is a hole.

    Args:
        shape: a key of ``SHAPES``.
        angle: clockwise turn in radians.
    """
    turn = 2 * math.pi
    match shape:
        case "circle":
            contours = [_arc(0.95, 0, turn)]
        case "ring":
            contours = [_arc(1.0, 0, turn), _arc(0.55, 0, turn)]
        case "square":
            contours = [[_turned(1.15, turn * (i + 0.5) / 4) for i in range(4)]]
        case "triangle":
            contours = [[_turned(1.15, turn * i / 3) for i in range(3)]]
        case "star":
            contours = [[_turned(1.15 if i % 2 == 0 else 0.48, turn * i / 10) for i in range(10)]]
        case "heart":
            contours = [_heart()]
        case "cross":
            contours = [_cross()]
        case "moon":
            # Two arcs that meet at the horns: radius 1, and radius 0.8 around a centre 0.45 to the right.
            outer = _arc(1.0, 0.675, 2.467 - turn, 0.2)
            contours = [outer + _arc(0.8, 2.921, turn + 0.221, 0.65)]
        case _:
            raise ValueError(f"unknown shape {shape!r}; known: {', '.join(SHAPES)}")
    sine, cosine = math.sin(angle), math.cos(angle)
    return [[(x * cosine - y * sine, x * sine + y * cosine) for x, y in contour] for contour in contours]


def _paint(image: Image.Image, contours: list[Contour], fill: RGB, style: str, stroke: float) -> None:
    mask = Image.new("L", image.size)
    draw = ImageDraw.Draw(mask)
    for i, contour in enumerate(contours):
        draw.polygon(contour, fill=0 if i else 255)
    image.paste(fill, mask=mask)
    if style == "shaded":
        _shade(image, mask, fill)
    elif style == "outline":
        # A black object needs a light edge.
        edge = (255, 255, 255) if sum(fill) < 120 else (10, 10, 10)
        pen = ImageDraw.Draw(image)
        for contour in contours:
            pen.line([*contour, contour[0], contour[1]], fill=edge, width=round(stroke), joint="curve")


def _shade(image: Image.Image, mask: Image.Image, fill: RGB) -> None:
    box = mask.getbbox()
    if box is None:
        return
    width, height = box[2] - box[0], box[3] - box[1]
    ramp = (
        Image.linear_gradient("L").rotate(30, fillcolor=128).crop((40, 40, 216, 216)).resize((width, height))
    )
    shadow = Image.new("L", image.size)
    shadow.paste(ramp, box[:2])
    dark = (fill[0] * 2 // 5, fill[1] * 2 // 5, fill[2] * 2 // 5)
    image.paste(dark, mask=ImageChops.multiply(mask, shadow))
    glint = Image.new("L", image.size)
    x, y = box[0] + 0.3 * width, box[1] + 0.3 * height
    spot = 0.14 * min(width, height)
    ImageDraw.Draw(glint).ellipse((x - spot, y - spot, x + spot, y + spot), fill=230)
    image.paste((255, 255, 255), mask=ImageChops.multiply(mask, glint))
