"""How fast pictures say how they were made, next to other readers.

2,000 PNG files of 512 x 512 pixels and 0.45 MB, each with an infotext of its own; once before the pixels and
once behind them, which shows who decodes pixels. Readers take the files in this one process and thread, in
turns of ten, several times over. Of each turn the best time counts, so that what else the machine does counts
little. A reader that needs more than its share of time gets fewer files, and exiftool, which is a program,
gets some hundreds in one process. The lower bound is a walk from chunk to chunk up to the end, as a text may
stand anywhere, that does nothing else. For the peers see `metadata_readers.py`; those that are not installed
are left out. With an argument, writes the figures there as JSON.
"""

import json
import logging
import os
import platform
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from metadata_files import infotexts, make_files
from metadata_readers import exiftool, exiftool_version, has_exiftool, structured
from PIL import Image

from mezzotint.runtime.metadata.describe import describe
from mezzotint.runtime.metadata.read import read

FILES = 2000
ROUNDS = 12
TURN = 10  # files
SECONDS = 1.0  # for one round of one reader
EXIFTOOL_FILES = 300
LOOKED_AT = 100  # files in which a reader's finds are counted
FULL, TEXTS, WALK = "mezzotint", "mezzotint, texts only", "chunk walker, to the end"

Reader = Callable[[Path], object]


def walk(path: Path) -> bytes | None:
    """The lower bound: every chunk's header, and the content of texts."""
    descriptor = os.open(path, os.O_RDONLY)
    text, at, kind = None, 8, b""
    while kind != b"IEND":
        header = os.pread(descriptor, 8, at)
        length, kind = int.from_bytes(header[:4], "big"), header[4:]
        if kind in {b"tEXt", b"iTXt"}:
            text = os.pread(descriptor, length, at + 8)
        at += length + 12
    os.close(descriptor)
    return text


def walk_to_pixels(path: Path) -> bytes | None:
    """The same in one reading of the beginning: it never looks behind the pixels."""
    with path.open("rb", buffering=0) as file:
        data = file.read(16384)
    at = 8
    while (kind := data[at + 4 : at + 8]) not in {b"IDAT", b""}:
        length = int.from_bytes(data[at : at + 4], "big")
        if kind in {b"tEXt", b"iTXt"}:
            return data[at + 8 : at + 8 + length]
        at += length + 12
    return None


def full(path: Path) -> object:
    """The whole way: container, program, fields."""
    made = describe(path).generation
    return None if made is None else made.get("Steps")


def texts_only(path: Path) -> object:
    """The texts, not taken apart."""
    return read(path).parameters


def pillow(path: Path) -> object:
    """Pillow's texts, as far as they stand before the pixels."""
    with Image.open(path) as image:
        return image.info.get("parameters")


def readers() -> dict[str, Reader]:
    """All that are installed and run in this process."""
    return {
        WALK: walk,
        "chunk walker, to the pixels": walk_to_pixels,
        TEXTS: texts_only,
        FULL: full,
        f"Pillow {version('pillow')}, Image.open().info": pillow,
        **structured(),
    }


def attempt(reader: Reader, path: Path) -> object:
    """What a reader makes of a file; a crash is nothing."""
    try:
        return reader(path)
    except Exception:  # noqa: BLE001 whatever a peer lets out
        return None


def turn(reader: Reader, files: list[Path]) -> float:
    """Seconds that a reader takes for some files."""
    start = time.perf_counter()
    for path in files:
        attempt(reader, path)
    return time.perf_counter() - start


def speeds(everyone: dict[str, Reader], files: list[Path]) -> dict[str, float]:
    """Files a second of each reader."""
    turns = [files[at : at + TURN] for at in range(0, len(files), TURN)]
    best: dict[str, dict[int, float]] = {name: {} for name in everyone}
    for _ in range(ROUNDS):
        left = dict.fromkeys(everyone, SECONDS)
        for at, some in enumerate(turns):
            for name, reader in everyone.items():
                if left[name] > 0:
                    seconds = turn(reader, some)
                    left[name] -= seconds
                    best[name][at] = min(seconds, best[name].get(at, seconds))
    return {name: TURN * len(times) / sum(times.values()) for name, times in best.items()}


def measure(files: list[Path]) -> dict[str, dict[str, float | int]]:
    """Of each reader files a second, how many times as long it takes as others, and how much it finds."""
    everyone = readers()
    best = speeds(everyone, files)
    looked = files[:LOOKED_AT]
    found = {name: sum(bool(attempt(reader, path)) for path in looked) for name, reader in everyone.items()}
    if has_exiftool():
        name = f"exiftool {exiftool_version()}, one process"
        start = time.perf_counter()
        rows = exiftool(files[:EXIFTOOL_FILES], "-Parameters")
        best[name] = EXIFTOOL_FILES / (time.perf_counter() - start)
        found[name] = sum(len(rows[path]) > 0 for path in looked)
    return {name: _row(name, best, found) for name in best}


def _row(name: str, best: dict[str, float], found: dict[str, int]) -> dict[str, float | int]:
    return {
        "files_per_second": round(best[name], 1),
        "times_walker": round(best[WALK] / best[name], 2),
        "times_mezzotint": round(best[FULL] / best[name], 2),
        "times_mezzotint_texts_only": round(best[TEXTS] / best[name], 2),
        f"found_of_{LOOKED_AT}": found[name],
    }


def show(title: str, rows: dict[str, dict[str, float | int]]) -> None:
    """Print one table."""
    print(f"{title}\n  {'':36} files/s   time: walker = 1   mezzotint = 1   its texts = 1   found")
    for name, row in rows.items():
        rate, walker, whole, texts, found = row.values()
        print(f"  {name:36} {rate:7.0f} {walker:18.2f} {whole:15.2f} {texts:15.2f} {found:7} of {LOOKED_AT}")


def main() -> None:
    """Print the tables."""
    logging.disable()
    warnings.simplefilter("ignore")
    result: dict[str, Any] = {"python": platform.python_version(), "cpus": os.cpu_count()}
    texts = infotexts(FILES)
    for title, behind in (("text before the pixels", False), ("text behind the pixels", True)):
        with tempfile.TemporaryDirectory() as folder:
            files = make_files(Path(folder), texts, behind=behind)
            size = sum(path.stat().st_size for path in files) // FILES
            rows = measure(files)
        show(f"{FILES} PNG files of {size // 1000} kB, {title}", rows)
        result[title] = {"files": FILES, "bytes": size, "readers": rows}
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
