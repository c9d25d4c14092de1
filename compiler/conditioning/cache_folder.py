"""A folder of readings: one safetensors file each, named by the digest of all that it depends on."""

import os
import re
import secrets
import stat
import time
import warnings
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from mezzotint.compiler.conditioning.reading import Reading
from mezzotint.compiler.conditioning.weights import tensor_bytes
from mezzotint.grammar.errors import MezzotintError

MAX_FOLDER_BYTES = 1 << 30
MAX_FILE_BYTES = 64 << 20  # a row of T5-XXL with 512 tokens in float32 has 8 MiB

_OURS = re.compile(r"[0-9a-f]{64}\.safetensors")
_UNFINISHED = re.compile(r"\.[0-9a-f]{16}\.part")
_FORGOTTEN_SECONDS = 3600.0


class CacheFolder:
    """Readings on a disk, the least recently used removed first.

    A file that is damaged, or was not written for the digest it is named by, counts as missing and is
    replaced. Files with other names are left alone.

    Args:
        path: the folder, made if it is missing. Who may write to it decides what prompts mean.
        max_bytes: what its files may take in all; several processes that write at once can exceed it by
            what they write before they look again.

    Raises:
        MezzotintError: the folder cannot be made.
    """

    def __init__(self, path: str | Path, max_bytes: int = MAX_FOLDER_BYTES) -> None:
        self.path, self.max_bytes = Path(path), max_bytes
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise MezzotintError(
                f"cannot keep encoded prompts in {path}: {error.strerror or error}; name a folder to write to"
            ) from error
        self._bytes: int | None = None  # unknown until somebody writes

    def read(self, digest: str) -> Reading | None:
        """The reading of that name, on the CPU."""
        path = self._file(digest)
        try:
            data = _read_bounded(path)
            os.utime(path)  # used now
        except OSError:
            return None
        return None if data is None else _decode(data, digest)

    def write(self, digest: str, reading: Reading) -> None:
        """Store a reading; failing to do so is a warning, as the picture does not need it."""
        data = _encode(reading, digest)
        if len(data) > min(MAX_FILE_BYTES, self.max_bytes):
            return
        temporary = self.path / f".{secrets.token_hex(8)}.part"
        try:
            temporary.write_bytes(data)
            temporary.replace(self._file(digest))  # no fsync: the checksum tells of a torn file
            self._make_room(len(data))
        except OSError as error:
            temporary.unlink(missing_ok=True)
            warnings.warn(
                f"an encoded prompt was not kept in {self.path}: {error.strerror or error}", stacklevel=2
            )

    def _file(self, digest: str) -> Path:
        return self.path / f"{digest}.safetensors"

    def _make_room(self, added: int) -> None:
        self._bytes = None if self._bytes is None else self._bytes + added
        if self._bytes is not None and self._bytes <= self.max_bytes:
            return
        found = sorted(self._scan())
        self._bytes = sum(size for _, size, _ in found)
        for _, size, path in found:
            if self._bytes <= self.max_bytes:
                break
            path.unlink(missing_ok=True)
            self._bytes -= size

    def _scan(self) -> Iterator[tuple[float, int, Path]]:
        """Time of last use, bytes and path of our files; what a stopped process left behind is removed."""
        for entry in os.scandir(self.path):
            path = Path(entry.path)
            try:
                status = entry.stat(follow_symlinks=False)
            except FileNotFoundError:  # another process made room
                continue
            if not stat.S_ISREG(status.st_mode):
                continue
            if _OURS.fullmatch(entry.name):
                yield status.st_mtime, status.st_size, path
            elif _UNFINISHED.fullmatch(entry.name) and status.st_mtime < time.time() - _FORGOTTEN_SECONDS:
                path.unlink(missing_ok=True)


def _read_bounded(path: Path) -> bytes | None:
    """The content of a file, if it is an ordinary one of a size that ours have."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        data = file.read(MAX_FILE_BYTES + 1)
    return data if len(data) <= MAX_FILE_BYTES else None


def _encode(reading: Reading, digest: str) -> bytes:
    tensors = {k: v.detach().cpu().contiguous() for k, v in reading._asdict().items() if v is not None}
    return save({**tensors, "checksum": _checksum(tensors, digest)})


def _decode(data: bytes, digest: str) -> Reading | None:
    try:
        tensors = load(data)
        checksum = tensors.pop("checksum")
        reading = Reading(**tensors)
    except (SafetensorError, KeyError, TypeError, ValueError):
        return None
    is_sound = torch.equal(checksum, _checksum(tensors, digest)) and reading.hidden_states.ndim == 2
    return reading if is_sound else None


def _checksum(tensors: dict[str, Tensor], digest: str) -> Tensor:
    """SHA-256 of the name and the tensors, ``(32,)`` uint8."""
    total = sha256(digest.encode())
    for name, tensor in sorted(tensors.items()):
        total.update(repr((name, tuple(tensor.shape), tensor.dtype)).encode())
        total.update(tensor_bytes(tensor))
    return torch.tensor(list(total.digest()), dtype=torch.uint8)
