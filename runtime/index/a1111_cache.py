"""Hashes that the web UI computed already, in its ``cache.json``.

The cache knows a hash by the kind and name of a file and its time of modification, not by its path or size.
A hash is taken over where the name fits, the time is the same, and no other file fits as well. Entry ``vae``
is left alone: the web UI keeps all VAEs under it, so that it may be another one's.

Source: behaviour of stable-diffusion-webui, ``modules/cache.py``, ``modules/hashes.py`` and their callers.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.index.entry import Entry, Hashes, legacy_hash, stated_hash
from mezzotint.runtime.models.identify import Kind
from mezzotint.runtime.models.scan import PICKLE

_MAX_SIZE = 64 << 20  # bytes; thousands of files take a few megabytes, previews of metadata included
_CLOCK = 1e-6  # seconds: a float does not hold nanoseconds
_HEX = re.compile(r"[0-9a-f]{64}")
_KINDS = {
    "checkpoint": (Kind.CHECKPOINT, PICKLE),
    "lora": (Kind.LORA, PICKLE),
    "textual_inversion": (Kind.EMBEDDING, PICKLE),
    "hypernet": (PICKLE,),
}


@dataclass(frozen=True, slots=True)
class CachedHash:
    """One line of the cache.

    Attributes:
        kinds: what the file may be.
        name: of the file: with its ending for checkpoints, below their folder, and without for the others.
        mtime: seconds since 1970.
        digest: 64 hex digits.
        of_data: whether they are of a safetensors file's data alone.
    """

    kinds: tuple[str, ...]
    name: str
    mtime: float
    digest: str
    of_data: bool

    def fits(self, entry: Entry) -> bool:
        """Whether it may speak of this file, as it is now."""
        if entry.kind not in self.kinds or abs(entry.stamp.mtime_ns / 1e9 - self.mtime) > _CLOCK:
            return False
        if Kind.CHECKPOINT not in self.kinds:
            return entry.path.stem == self.name
        parts = PurePosixPath(self.name).parts
        return bool(parts) and entry.path.parts[-len(parts) :] == parts


def read_cache(path: str | Path) -> tuple[CachedHash, ...]:
    """The hashes in a ``cache.json``; lines that are malformed are passed over.

    Raises:
        MezzotintError: the file cannot be read, or is no cache.
    """
    try:
        with Path(path).open("rb") as file:
            data = file.read(_MAX_SIZE + 1)
        content = json.loads(data) if len(data) <= _MAX_SIZE else None
    except OSError as error:
        raise MezzotintError(f"cannot read {path}: {error.strerror or error}") from error
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise MezzotintError(f"{path} is no cache of hashes: name the web UI's cache.json")
    return tuple(_lines(content, "hashes", of_data=False) + _lines(content, "hashes-addnet", of_data=True))


def _lines(content: Mapping[str, Any], table: str, *, of_data: bool) -> list[CachedHash]:
    lines = content.get(table)
    found = []
    for title, line in lines.items() if isinstance(lines, dict) else ():
        kind, _, name = title.replace("\\", "/").partition("/")
        match line:
            case {"mtime": float() | int() as mtime, "sha256": str(digest)} if (
                kind in _KINDS and 0 <= mtime < 1e12 and _HEX.fullmatch(digest)
            ):
                found.append(CachedHash(_KINDS[kind], name, mtime, digest, of_data))
    return found


def matched(entries: Iterable[Entry], cached: Iterable[CachedHash]) -> dict[Path, list[CachedHash]]:
    """Which cached hashes are whose: only where a line fits one file, and no other line says otherwise."""
    by_second: dict[int, list[Entry]] = {}
    for entry in entries:
        by_second.setdefault(entry.stamp.mtime_ns // 10**9, []).append(entry)
    found: dict[Path, list[CachedHash]] = {}
    for line in cached:
        fitting = [entry for entry in by_second.get(int(line.mtime), ()) if line.fits(entry)]
        if len(fitting) == 1:
            found.setdefault(fitting[0].path, []).append(line)
    return {path: lines for path, lines in found.items() if len({ln.of_data for ln in lines}) == len(lines)}


def taken_over(entry: Entry, lines: Iterable[CachedHash]) -> Hashes:
    """The hashes of a file, as far as its lines of the cache say them; the rest takes no time.

    Raises:
        MezzotintError: the file cannot be read.
    """
    whole = next((line.digest for line in lines if not line.of_data), None)
    data = next((line.digest for line in lines if line.of_data), None)
    network = None
    if entry.kind == Kind.LORA:
        network = stated_hash(entry.path) or (data and data[:12])
    return Hashes(whole, legacy_hash(entry), network)
