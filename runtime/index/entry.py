"""One line of the index: a model, or a file that goes with one."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from mezzotint.runtime.models.hashes import LEGACY_START, file_sha256, legacy_model_hash, lora_hash
from mezzotint.runtime.models.header import TensorFileError, read_header
from mezzotint.runtime.models.identify import Kind
from mezzotint.runtime.models.scan import FOLDER, Found, built_in, look_at
from mezzotint.runtime.networks.library import ALIAS, STATED_HASH

MIN_DIGITS = 8
"""Of a hash that a file is looked up by: fewer are likely to be a word."""

# Bytes. The list of hashes that rendering goes by is one file, written anew for each: for hundreds of LoRA
# files that takes longer than to read them.
_LARGE = 64 << 20


@dataclass(frozen=True, slots=True)
class Stamp:
    """How to see that a file was changed: size in bytes, and time of modification in nanoseconds.

    Of a model folder they are the sum and the latest of its weight files.
    """

    size: int
    mtime_ns: int

    @classmethod
    def of(cls, path: Path) -> "Stamp":
        """The stamp of what is there now.

        Raises:
            OSError: nothing can be seen there.
        """
        if not path.is_dir():
            status = path.stat()
            return cls(status.st_size, status.st_mtime_ns)
        found = [file.stat() for file in path.glob("*/*.safetensors")]
        return cls(sum(s.st_size for s in found), max((s.st_mtime_ns for s in found), default=0))


@dataclass(frozen=True, slots=True)
class Hashes:
    """What identifies a file's content, in hex.

    Attributes:
        sha256: of the whole file; "Model hash", "VAE hash" and "TI hashes" begin with it. ``None`` for a
            model folder.
        legacy: "Model hash" before 2023, 8 digits; ``None`` for a model folder, and for
            what is shorter than the place that is hashed.
        network: 12 digits of "Lora hashes", for LoRA files.
        folder: 10 digits that stand for a model folder's weights.
    """

    sha256: str | None = None
    legacy: str | None = None
    network: str | None = None
    folder: str | None = None

    def strong(self) -> tuple[str, ...]:
        """Those that two files share only if they are the same."""
        return tuple(filter(None, (self.sha256, self.network, self.folder)))


@dataclass(frozen=True, slots=True)
class Entry:
    """One model, or a file that goes with one.

    Attributes:
        path: where it is; absolute.
        stamp: what it looked like when it was read.
        kind: as in :class:`mezzotint.runtime.models.scan.Found`.
        family: the same.
        name: the same.
        alias: what its trainer called it, if that is another name.
        native_size: width and height in pixels that it was trained on, for models.
        problem: why nothing can be done with it.
        hashes: ``None`` until they are computed.
    """

    path: Path
    stamp: Stamp
    kind: str
    family: str | None
    name: str
    alias: str | None = None
    native_size: tuple[int, int] | None = None
    problem: str | None = None
    hashes: Hashes | None = None

    @property
    def short_hash(self) -> str | None:
        """As infotexts name it: 10 digits of models and VAEs, 12 of LoRA files and embeddings."""
        if self.hashes is None or self.problem is not None:
            return None
        if self.hashes.network or self.hashes.folder:
            return self.hashes.network or self.hashes.folder
        digits = 12 if self.kind == Kind.EMBEDDING else 10
        return self.hashes.sha256 and self.hashes.sha256[:digits]

    @property
    def can_be_hashed(self) -> bool:
        """Whether there is something to hash: a damaged folder has no digest."""
        return self.kind != FOLDER or self.problem is None


def read_entry(path: Path) -> Entry:
    """Look at a file or model folder, without hashing it.

    Raises:
        OSError: it is gone.
    """
    found = look_at(path)
    return _entry(path, Stamp.of(path), found)


def built_in_entry() -> Entry:
    """The built-in model, which no index needs to hold.

    Raises:
        MezzotintError: it is missing.
    """
    found = built_in()
    entry = _entry(found.path, Stamp.of(found.path), found)
    return replace(entry, hashes=compute_hashes(entry))


def _entry(path: Path, stamp: Stamp, found: Found) -> Entry:
    alias = _metadata(path).get(ALIAS) if found.kind == Kind.LORA else None
    return Entry(
        path,
        stamp,
        str(found.kind),
        None if found.family is None else str(found.family),
        found.name,
        alias if alias != found.name else None,
        found.native_size,
        found.problem,
    )


def stated_hash(path: Path) -> str | None:
    """The hash that a LoRA file's trainer wrote into it, as "Lora hashes" has it."""
    stated = _metadata(path).get(STATED_HASH)
    return stated[:12] if stated else None


def _metadata(path: Path) -> Mapping[str, str]:
    try:
        return read_header(path).metadata
    except TensorFileError:
        return {}


def compute_hashes(entry: Entry) -> Hashes:
    """Read a file whole, or what is remembered of it.

    Raises:
        MezzotintError: it cannot be read.
    """
    if entry.kind == FOLDER:
        return Hashes(folder=look_at(entry.path).hash())
    remember = entry.stamp.size >= _LARGE
    network = lora_hash(entry.path, remember=remember) if entry.kind == Kind.LORA else None
    return Hashes(file_sha256(entry.path, remember=remember), legacy_hash(entry), network)


def legacy_hash(entry: Entry) -> str | None:
    """ "Model hash" before 2023; ``None`` for files so short that they would all have the same.

    Raises:
        MezzotintError: the file cannot be read.
    """
    return legacy_model_hash(entry.path) if entry.stamp.size > LEGACY_START else None


def absolute(path: str | Path) -> Path:
    """A path that stays right when the working folder changes; links stay, as their names are what counts."""
    return Path(os.path.abspath(Path(path).expanduser()))  # noqa: PTH100 - Path.absolute keeps ".."
