"""Measure an exported model against its gates and print the figures as JSON."""

import argparse
import json
import random
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import torch
from torch import Tensor

from mezzotint.runtime.builtin import model_path
from mezzotint.runtime.builtin.captions import SCENE_PHRASES
from mezzotint.runtime.builtin.classifier import Classifier, load_classifier
from mezzotint.runtime.builtin.drawing import BACKGROUNDS, COLOURS, SHAPES, is_visible
from mezzotint.runtime.builtin.sampling import Model, Schedule, both, edited, plain

Report = dict[str, object]
_ONE_STEP = 1 / 255
_WEIGHTS = (0.3, 0.6, 1.0, 1.3, 1.6)


def redness(signal: Tensor) -> float:
    """Return how red the middle of ``(n, 3, h, w)`` is, from -1 (cyan) to 1."""
    height, width = signal.shape[2:]
    middle = signal[:, :, height * 3 // 8 : height * 5 // 8, width * 3 // 8 : width * 5 // 8] / 2 + 0.5
    red, green, blue = middle.mean((0, 2, 3)).tolist()
    return float(round(red - (green + blue) / 2, 4))


def is_rising(values: Sequence[float], slack: float = 0.0) -> bool:
    """Whether each value is above the one before it, or below it by less than ``slack``."""
    return all(after > before - slack for before, after in pairwise(values))


def background_phrase(background: str) -> str:
    """Return the words that name a background in a sentence."""
    return SCENE_PHRASES[background][0] if background in SCENE_PHRASES else f"on a {background} background"


def _single_prompts(count: int, rng: random.Random) -> list[tuple[str, dict[str, str | int]]]:
    prompts: list[tuple[str, dict[str, str | int]]] = []
    shapes, colours = list(SHAPES), list(COLOURS)
    for i in range(count):
        shape, colour = shapes[i % len(shapes)], colours[i % len(colours)]
        background = rng.choice([b for b in BACKGROUNDS if is_visible(colour, b)])
        facts: dict[str, str | int] = {"shape": shape, "colour": colour, "background": background, "count": 1}
        if i % 2:
            prompts.append((f"a {colour} {shape} {background_phrase(background)}", facts))
        else:
            scene = {"night": "night sky"}.get(background, background)
            tag = scene if background in SCENE_PHRASES else f"{background} background"
            prompts.append((f"masterpiece, best quality, {colour} {shape}, {tag}", facts))
    return prompts


def _count_prompts(count: int, rng: random.Random) -> list[tuple[str, dict[str, str | int]]]:
    prompts: list[tuple[str, dict[str, str | int]]] = []
    for i in range(count):
        number, shape, colour = 1 + i % 3, SHAPES[i % len(SHAPES)], rng.choice(list(COLOURS)[:7])
        noun = f"one {colour} {shape}"
        if number > 1:
            plural = {"cross": "crosses"}.get(shape, shape + "s")
            noun = f"{('two', 'three')[number - 2]} {colour} {plural}"
        prompts.append((f"{noun} on a gray background", {"count": number, "shape": shape, "colour": colour}))
    return prompts


def _score(
    model: Model,
    judge: Classifier,
    prompts: list[tuple[str, dict[str, str | int]]],
    size: tuple[int, int],
    is_clip_skip: bool = False,
) -> dict[str, float]:
    """Return the share of right readings by attribute, in percent."""
    drawn = model.sample(
        [plain(p) for p, _ in prompts], range(len(prompts)), size=size, is_clip_skip=is_clip_skip
    )
    readings = judge.read(drawn)
    names = prompts[0][1]
    return {
        name: round(
            100 * sum(r[name] == f[name] for r, (_, f) in zip(readings, prompts, strict=True)) / len(prompts),
            1,
        )
        for name in names
    }


def measure_attributes(model: Model, judge: Classifier, count: int, size: tuple[int, int]) -> Report:
    """Colour, shape and background over single objects, and counts, in percent right."""
    rng = random.Random(7)
    single = _score(model, judge, _single_prompts(count, rng), size)
    return {**single, "count": _score(model, judge, _count_prompts(count * 2 // 3, rng), size)["count"]}


def _series(
    model: Model, schedules: Sequence[Schedule], seeds: int, size: tuple[int, int], negative: str = ""
) -> list[float]:
    return [redness(model.sample([s] * seeds, range(seeds), size=size, negative=negative)) for s in schedules]


def measure_controls(model: Model, judge: Classifier, seeds: int, size: tuple[int, int]) -> Report:
    """Emphasis, negative prompt, prompt editing, AND and BREAK."""
    shares = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
    series = {
        "(red:w) circle": [plain(f"a (red:{w}) circle on a white background") for w in _WEIGHTS],
        "(red:w) blue circle": [plain(f"a (red:{w}) blue circle on a white background") for w in _WEIGHTS],
        "[red:blue:f] circle": [
            edited("a {} circle on a white background", "red", "blue", f) for f in shares
        ],
    }
    report: Report = {}
    for name, schedules in series.items():
        values = _series(model, schedules, seeds, size)
        # An edit in the first noisy steps may change nothing: those count as level.
        slack = _ONE_STEP if name.startswith("[") else 0.0
        report[name] = {"redness": values, "rises": is_rising(values, slack)}
    report["negative red"] = _measure_negative(model, judge, seeds * 3, size)
    report["colours of pairs in place"] = _measure_pairs(model, seeds * 3, size)
    report |= _measure_compositions(model, size)
    return report


def _measure_negative(model: Model, judge: Classifier, count: int, size: tuple[int, int]) -> Report:
    """Return how many circles are red without and with the negative prompt "red", in percent."""
    schedules = [plain("a circle on a white background")] * count
    shares = []
    for negative in ("", "red"):
        readings = judge.read(model.sample(schedules, range(count), size=size, negative=negative))
        shares.append(round(100 * sum(r["colour"] == "red" for r in readings) / count, 1))
    return {"red without": shares[0], "red with": shares[1]}


def nearest_colour(signal: Tensor, x: float, y: float) -> str:
    """Return the name of the object colour nearest to a small patch of ``(3, h, w)``.

    Args:
        signal: one picture in -1 to 1.
        x: the patch's centre, as a fraction of the width.
        y: likewise, of the height.
    """
    row, column = round(y * signal.shape[1]), round(x * signal.shape[2])
    patch = signal[:, row - 2 : row + 2, column - 2 : column + 2].mean((1, 2))
    rgb = ((patch + 1) * 127.5).tolist()
    return min(COLOURS, key=lambda name: sum((a - b) ** 2 for a, b in zip(rgb, COLOURS[name], strict=True)))


def _measure_pairs(model: Model, count: int, size: tuple[int, int]) -> float:
    """Return how many pairs have the first colour on the left and the second on the right, in percent."""
    rng = random.Random(9)
    hues = [rng.sample(list(COLOURS)[:7], 2) for _ in range(count)]
    # The middle of a ring or a moon shows the background.
    shapes = [rng.sample(("circle", "square", "heart", "cross", "star", "triangle"), 2) for _ in range(count)]
    prompts = [
        f"a {left} {first} and a {right} {second} on a white background"
        for (left, right), (first, second) in zip(hues, shapes, strict=True)
    ]
    drawn = model.sample([plain(prompt) for prompt in prompts], range(count), size=size)
    places = [[nearest_colour(signal, x, 0.5) for x in (0.27, 0.73)] for signal in drawn]
    return round(100 * sum(place == pair for place, pair in zip(places, hues, strict=True)) / count, 1)


def _measure_compositions(model: Model, size: tuple[int, int]) -> Report:
    """Return the mean absolute difference, in 8-bit steps, that AND and BREAK make over four seeds."""
    forms = {
        "plain": plain("red circle, blue background"),
        "AND": both("red circle", "blue background"),
        "BREAK": plain("red circle BREAK blue background"),
    }
    drawn = {name: model.sample([form] * 4, range(4), size=size) for name, form in forms.items()}
    return {
        f"{name} difference": round(float((drawn[name] - drawn["plain"]).abs().mean()) * 127.5, 2)
        for name in ("AND", "BREAK")
    }


def measure(work: Path, folder: Path, count: int, size: tuple[int, int], *, is_quick: bool) -> Report:
    """Return every gate's figure; a quick one leaves out the controls."""
    judge, model = load_classifier(work), Model(folder)
    started = time.monotonic()
    report: Report = {"size": f"{size[0]}x{size[1]}", "pictures": count}
    report |= measure_attributes(model, judge, count, size)
    if not is_quick:
        rng = random.Random(8)
        report["clip skip 2"] = _score(
            model, judge, _single_prompts(count // 2, rng), size, is_clip_skip=True
        )
        report |= measure_controls(model, judge, 8, size)
    report["seconds"] = round(time.monotonic() - started)
    return report


def main() -> None:
    """Parse the command line and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="folder of the autoencoder and the judge")
    parser.add_argument("--model", type=Path, default=model_path(), help="model folder to measure")
    parser.add_argument("--count", type=int, default=72, help="pictures of single objects")
    parser.add_argument("--size", type=int, nargs=2, default=(128, 128), help="width and height, pixels")
    parser.add_argument("--quick", action="store_true", help="attributes only")
    options = parser.parse_args()
    torch.set_flush_denormal(True)
    size = (options.size[0], options.size[1])
    print(json.dumps(measure(options.work, options.model, options.count, size, is_quick=options.quick)))


if __name__ == "__main__":
    main()
