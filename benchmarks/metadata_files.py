"""PNG files to read in benchmarks: as many as wanted, each with an infotext of its own.

Pixels are noise of which there are a few bodies, in IDAT chunks of 64 KiB as Pillow writes them; texts are
put in chunk by chunk. Infotexts join prompts of `benchmarks/prompts.txt` to the negative prompts and settings
of texts that the test suite has: some real-looking ones, and those in the samples of many programs.
"""

import json
import random
import re
from io import BytesIO
from pathlib import Path

from PIL import Image

from mezzotint.grammar.infotext.text import NEGATIVE, parse
from mezzotint.runtime.metadata.png_chunks import IHDR_SIZE, SIGNATURE, chunk, text_chunk
from mezzotint.runtime.metadata.read import read

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "tests" / "golden" / "meta_samples"

_VECTORS = ROOT / "mezzotint" / "conformance" / "vectors" / "infotext_parse.jsonl"
_PROMPTS = ROOT / "benchmarks" / "prompts.txt"
_BODIES = 8
_HEAD = len(SIGNATURE) + IHDR_SIZE
_END = chunk(b"IEND", b"")
_MIN_SETTINGS = 5
_SEED = re.compile(r"\bSeed: \d+")


def _tails() -> list[str]:
    """What stands behind the prompt in real-looking infotexts, by several programs."""
    rows = [json.loads(line) for line in _VECTORS.read_text(encoding="utf-8").splitlines()]
    texts = [row["text"] for row in rows if row["tag"] in {"realistic", "civitai"}]
    texts += [read(path).parameters or "" for path in sorted(SAMPLES.glob("*.png"))]
    tails = []
    for text in texts:
        found = parse(text)
        if found.settings_span is None or len(found.settings) < _MIN_SETTINGS or "Steps" not in found:
            continue  # a prompt alone, or JSON
        if NEGATIVE in found.negative_prompt:
            continue  # made to be difficult: no program writes it
        negative = f"Negative prompt: {found.negative_prompt}\n" if found.negative_prompt else ""
        tails.append(negative + text[found.settings_span.start : found.settings_span.end])
    return tails


def infotexts(count: int) -> list[str]:
    """Different infotexts, the same at every call."""
    choice = random.Random(5)  # noqa: S311 no secret
    prompts = _PROMPTS.read_text(encoding="utf-8").splitlines()
    tails = _tails()
    return [
        f"{choice.choice(prompts)}\n{_SEED.sub(f'Seed: {choice.randrange(1 << 32)}', choice.choice(tails))}"
        for _ in range(count)
    ]


def _body(number: int) -> bytes:
    """A whole PNG file without texts: 512 x 512 pixels of noise over a gradient."""
    noise = Image.effect_noise((512, 512), 15 + 2 * number)
    flat = Image.linear_gradient("L").resize((512, 512))
    buffer = BytesIO()
    Image.merge("RGB", (noise, flat, Image.blend(noise, flat, 0.5))).save(buffer, "PNG")
    return buffer.getvalue()


def make_files(folder: Path, texts: list[str], *, behind: bool) -> list[Path]:
    """A file for each text, which stands before the pixels or behind them."""
    bodies = [_body(number) for number in range(_BODIES)]
    paths = []
    for number, text in enumerate(texts):
        body = bodies[number % _BODIES]
        at = len(body) - len(_END) if behind else _HEAD
        path = folder / f"{number:05}.png"
        path.write_bytes(body[:at] + text_chunk("parameters", text) + body[at:])
        paths.append(path)
    return paths
