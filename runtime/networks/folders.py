"""The files of the folders that a user keeps networks in."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path


def files_below(folders: Iterable[str | Path], suffixes: tuple[str, ...]) -> Iterator[Path]:
    """Files with one of the suffixes (lower case), in the folders and below, in natural order.

    Links are followed, but into each folder once; hidden folders are left out, and so is a folder that is
    not there.

    Source: behaviour of stable-diffusion-webui v1.10.1, ``modules/util.py``.
    """
    for folder in folders:
        for root, names in sorted(_walk(Path(folder)), key=lambda found: _natural(str(found[0]))):
            for name in sorted(names, key=_natural):
                if name.lower().endswith(suffixes):
                    yield root / name


def _walk(folder: Path) -> Iterator[tuple[Path, list[str]]]:
    seen: set[str] = set()
    for root, below, names in os.walk(folder, followlinks=True):
        real = os.path.realpath(root)
        if real in seen:
            below.clear()
            continue
        seen.add(real)
        below[:] = [name for name in below if not name.startswith(".")]
        yield Path(root), names


def _natural(text: str) -> list[tuple[int, int, str]]:
    """A key that sorts ``a2`` before ``a10``, whatever the case."""
    return [(0, int(t), "") if t.isdecimal() else (1, 0, t.lower()) for t in re.split(r"(\d+)", text) if t]
