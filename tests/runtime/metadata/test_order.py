"""Nothing is remembered from one file to the next: results do not depend on the order, nor on threads."""

import random
import struct
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.metadata.describe import Description, describe
from mezzotint.runtime.metadata.exif_edit import with_user_comment
from mezzotint.runtime.metadata.read import read
from mezzotint.runtime.metadata.tools.registry import READERS

GOLDEN = Path(__file__).parents[2] / "golden"
PICTURES = sorted(
    path
    for folder in ("meta_samples", "images")
    for path in (GOLDEN / folder).iterdir()
    if path.suffix != ".jsonl"
)
TEXT = "a cat\nSteps: 5, Sampler: Euler, Seed: 1"


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + kind + body


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The golden files, containers that are not among them, and some that cannot be read."""
    folder = tmp_path_factory.mktemp("files")
    comment = b"Exif\0\0" + with_user_comment(None, TEXT)
    others = {
        "a.txt": TEXT.encode(),
        "a.jxl": b"\0\0\0\x0cJXL \r\n\x87\n" + box(b"Exif", bytes(4) + comment),
        "a.heic": box(b"ftyp", b"heic" + bytes(4)),
        "empty.png": b"",
        "cut.png": PICTURES[0].read_bytes()[:50],
        "silent.bin": bytes(100),
    }
    for name, data in others.items():
        (folder / name).write_bytes(data)
    return PICTURES + [folder / name for name in others]


def attempt(path: Path) -> Description | str:
    try:
        return describe(path, hidden="stealth" in path.name)
    except MezzotintError as error:
        return str(error)


def test_every_reader_has_a_file(files: list[Path]) -> None:
    found = [made.metadata for path in files if isinstance(made := attempt(path), Description)]
    containers = {"png", "jpeg", "webp", "avif", "heif", "gif", "jxl", "text"}
    assert {metadata.container for metadata in found} == containers
    asked = {next((reader for reader in READERS if reader(metadata)), None) for metadata in found}
    assert asked >= set(READERS)


def test_results_do_not_depend_on_the_order(files: list[Path]) -> None:
    first = {path: attempt(path) for path in files}
    texts = {path: read(path, like_reference=True) for path in PICTURES}
    for seed in range(3):
        order = files * 2
        random.Random(seed).shuffle(order)
        assert all(attempt(path) == first[path] for path in order)
    order = PICTURES[::-1]
    assert all(read(path, like_reference=True) == texts[path] for path in order)


def test_results_do_not_depend_on_threads(files: list[Path]) -> None:
    first = [attempt(path) for path in files]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(attempt, files * 3)) == first * 3
