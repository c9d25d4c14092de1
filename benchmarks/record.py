"""What a record costs: its size, and the time to write and read it, beside that of the whole picture.

Prompts are those of `benchmarks/prompts.txt`, for pictures of one pass and of two; they are compiled, and not
rendered. Run as `python benchmarks/record.py`; figures go to `benchmarks/results/record.json`.
"""

import json
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PIL import Image

from mezzotint.compiler.ir_json import digest
from mezzotint.runtime.job import RenderSettings
from mezzotint.runtime.metadata.digest import digest_pixels
from mezzotint.runtime.metadata.png import write_png
from mezzotint.runtime.metadata.strict_json import load_object
from mezzotint.runtime.passes.settings import HiresSettings
from mezzotint.runtime.picture import Renderer
from mezzotint.runtime.record.canonical import canonical
from mezzotint.runtime.record.read import read_record
from mezzotint.runtime.record.record import Record
from mezzotint.runtime.request import Request

ROOT = Path(__file__).parents[1]
SETTINGS = RenderSettings(width=512, height=512, steps=20, seed=5, sampler="Euler a")
REPEATS = 5


def _prompts() -> list[str]:
    lines = (ROOT / "benchmarks" / "prompts.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.strip()][:200]


def _of(prompt: str, base: Record, settings: RenderSettings) -> Record:
    request = Request(prompt, "blurry, lowres", settings)
    program = request.program()
    return replace(
        base,
        program=program,
        program_digest=digest(program),
        prompt=prompt,
        negative_prompt=request.negative_prompt,
        settings=settings,
    )


def _seconds(call: Callable[[], object]) -> float:
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


def _figures(records: list[Record]) -> dict[str, float]:
    texts = [canonical(record.to_json()) for record in records]
    sizes = sorted(len(text.encode()) for text in texts)
    count = len(records)
    return {
        "bytes, median": statistics.median(sizes),
        "bytes, largest": sizes[-1],
        "ms to write one": 1000 * _seconds(lambda: [canonical(r.to_json()) for r in records]) / count,
        "ms to read one": 1000
        * _seconds(lambda: [read_record(load_object(t, is_strict=True)) for t in texts])
        / count,
    }


def _picture(record: Record) -> dict[str, float]:
    """The whole file, of a picture with noise in it."""
    image = Image.effect_noise((512, 512), 40).convert("RGB")
    plain = record.to_json()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.png"
        seconds = _seconds(lambda: write_png(image, path, parameters="x", record=plain))
    return {
        "ms to save 512x512": 1000 * seconds,
        "ms to digest its pixels": 1000 * _seconds(lambda: digest_pixels(image)),
    }


def main() -> None:
    """Measure, print and store."""
    base = (
        Renderer(threads=1).render(Request("x", "", replace(SETTINGS, width=64, height=64, steps=8))).record
    )
    prompts = _prompts()
    second = replace(SETTINGS, hires=HiresSettings(prompt="a castle, (sharp:1.2)"))
    found = {
        "prompts": len(prompts),
        "characters, median": statistics.median(map(len, prompts)),
        "one pass": _figures([_of(prompt, base, SETTINGS) for prompt in prompts]),
        "two passes": _figures([_of(prompt, base, second) for prompt in prompts]),
        "picture": _picture(_of(prompts[0], base, SETTINGS)),
    }
    text = json.dumps(found, indent=1)
    print(text)
    (ROOT / "benchmarks" / "results" / "record.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
