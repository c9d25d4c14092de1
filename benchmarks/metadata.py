"""How fast pictures say how they were made, next to other readers, and how often what is read is right.

Two sets. The samples in `tests/golden/meta_samples` are small files by many programs; of each reader the
samples are counted whose prompt is the expected one. The large ones are made here: PNG files of 512 x 512
noisy pixels with an infotext before the pixels or behind them, which shows who decodes pixels. Every reader
takes every file in this one process, readers in turn; the best of several rounds counts, and a reader that
needs more than its share of time gets fewer files. Needs `pip install sd-parsers sd-prompt-reader` for the
peers; those that are not installed are left out. With an argument, writes the figures there as JSON.
"""

import json
import logging
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from PIL import Image, PngImagePlugin

from mezzotint.runtime.metadata.describe import describe
from mezzotint.runtime.metadata.read import read

SAMPLES = Path(__file__).parents[1] / "tests" / "golden" / "meta_samples"
INFOTEXT = (
    "a red fox in fresh snow, (detailed fur:1.2), forest at dusk\nNegative prompt: blurry, lowres\n"
    "Steps: 25, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 6.5, Seed: 123456789, Size: 512x512, "
    "Model hash: 879db523c3, Model: dreamshaper_8, Version: v1.10.1"
)
LARGE = 200
ROUNDS = 3
SECONDS = 6.0  # for one round of one reader

Reader = Callable[[Path], str | None]


def ours(path: Path) -> str | None:
    """The whole way: container, program, fields."""
    made = describe(path).generation
    return None if made is None else made.prompt


def container(path: Path) -> str | None:
    """The texts alone."""
    return read(path).parameters


def pillow(path: Path) -> str | None:
    """Pillow's texts, as far as they stand before the pixels."""
    with Image.open(path) as image:
        text = image.info.get("parameters")
    return text if isinstance(text, str) else None


def peers() -> dict[str, Reader]:
    """The readers that are installed."""
    found: dict[str, Reader] = {}
    with suppress(ImportError):
        manager = import_module("sd_parsers").ParserManager()

        def sd_parsers(path: Path) -> str | None:
            info = manager.parse(path)
            return ", ".join(str(prompt) for prompt in info.prompts) if info is not None else None

        found[f"sd-parsers {version('sd-parsers')}"] = sd_parsers
    with suppress(ImportError):
        reader = import_module("sd_prompt_reader.image_data_reader").ImageDataReader

        def sd_prompt_reader(path: Path) -> str | None:
            return str(reader(str(path)).positive) or None

        found[f"sd-prompt-reader {version('sd-prompt-reader')}"] = sd_prompt_reader
    return found


def attempt(reader: Reader, path: Path) -> str | None:
    """What a reader makes of a file; a crash is nothing."""
    try:
        return reader(path)
    except Exception:  # noqa: BLE001 whatever a peer lets out
        return None


def measure(readers: dict[str, Reader], files: list[Path]) -> dict[str, float]:
    """Files a second of each reader."""
    best: dict[str, float] = {}
    for _ in range(ROUNDS):
        for name, reader in readers.items():
            start, count = time.perf_counter(), 0
            for path in files:
                attempt(reader, path)
                count += 1
                if time.perf_counter() - start > SECONDS:
                    break
            best[name] = max(best.get(name, 0), count / (time.perf_counter() - start))
    return best


def right(readers: dict[str, Reader]) -> tuple[dict[str, int], int]:
    """The samples with a prompt, and of how many each reader has it right."""
    rows = [json.loads(line) for line in (SAMPLES / "expect.jsonl").read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if row["expect"].get("prompt")]
    counts = {
        name: sum(attempt(reader, SAMPLES / row["file"]) == row["expect"]["prompt"] for row in rows)
        for name, reader in readers.items()
    }
    return counts, len(rows)


def make_large(folder: Path, *, behind: bool) -> list[Path]:
    """Files of about half a megabyte with an infotext."""
    texts = PngImagePlugin.PngInfo()
    body = b"parameters\0" + INFOTEXT.encode("latin-1")
    texts.add(b"tEXt" if not behind else b"prVt", body)
    files = []
    for number in range(LARGE):
        path = folder / f"{'behind' if behind else 'before'}{number:03}.png"
        Image.effect_noise((512, 512), 40 + number % 9).convert("RGB").save(
            path, pnginfo=texts, compress_level=1
        )
        files.append(path)
    if behind:
        for path in files:
            move_text_behind(path)
    return files


def move_text_behind(path: Path) -> None:
    """Put the private chunk behind the pixels, as a text."""
    from mezzotint.runtime.metadata.png_chunks import IHDR_SIZE, SIGNATURE, chunk, text_chunk

    data = path.read_bytes()
    head = len(SIGNATURE) + IHDR_SIZE
    end = chunk(b"IEND", b"")
    skipped = 12 + int.from_bytes(data[head : head + 4], "big")
    pixels = data[head + skipped :].removesuffix(end)
    path.write_bytes(data[:head] + pixels + text_chunk("parameters", INFOTEXT) + end)


def show(title: str, speeds: dict[str, float], counts: dict[str, str]) -> dict[str, Any]:
    """Print one table."""
    base = speeds["mezzotint"]
    print(title)
    for name, speed in speeds.items():
        print(f"  {name:28} {speed:9.0f} files/s   mezzotint is {base / speed:6.1f} x   {counts[name]}")
    return {"files_per_second": speeds, "ratio_to_mezzotint": {n: base / s for n, s in speeds.items()}}


def main() -> None:
    """Print the tables."""
    logging.disable()
    full = {"mezzotint": ours, **peers()}
    result: dict[str, Any] = {"python": platform.python_version(), "pillow": version("pillow")}
    files = sorted(path for path in SAMPLES.iterdir() if path.suffix != ".jsonl")
    counts, total = right(full)
    shares = {name: f"{count} of {total} prompts right" for name, count in counts.items()}
    result["samples"] = show(f"{len(files)} samples", measure(full, files), shares)
    result["samples"]["prompts_right"] = counts | {"of": total}
    everyone = full | {"mezzotint, texts only": container, "Pillow, Image.open().info": pillow}
    with tempfile.TemporaryDirectory() as folder:
        for title, behind in (("text before the pixels", False), ("text behind the pixels", True)):
            large = make_large(Path(folder), behind=behind)
            size = sum(path.stat().st_size for path in large) // LARGE // 1000
            found = {
                name: f"{sum(attempt(r, p) is not None for p in large[:20])} of 20 found"
                for name, r in everyone.items()
            }
            result[title] = show(f"{LARGE} PNG of {size} kB, {title}", measure(everyone, large), found)
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
