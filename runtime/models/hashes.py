"""The hashes by which infotexts name files, remembered between runs.

A file's SHA-256 is remembered under its path, size and modification time, in a JSON file in the user's cache
folder; environment variable ``MEZZOTINT_NO_CACHE`` (any value but the empty one) switches that off. What
cannot be read or written there is done without.

Source: behaviour of stable-diffusion-webui v1.10.1, ``modules/hashes.py``, ``modules/sd_models.py`` and
``extensions-builtin/Lora/network.py``.
"""

import json
import os
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.metadata.atomic import write_file
from mezzotint.runtime.models.header import TensorFileError, read_header

OPT_OUT = "MEZZOTINT_NO_CACHE"
NO_FILE = "NOFILE"
_MAX_CACHE = 8 << 20  # bytes
_MAX_ENTRIES = 10_000
_BLOCK = 1 << 20
LEGACY_START, _LEGACY_LENGTH = 0x100000, 0x10000  # bytes


def model_hash(path: str | Path, *, remember: bool = True) -> str:
    """ "Model hash" and "VAE hash": 10 hex digits of the file's SHA-256.

    Raises:
        MezzotintError: the file cannot be read.
    """
    return file_sha256(path, remember=remember)[:10]


def legacy_model_hash(path: str | Path) -> str:
    """ "Model hash" before 2023: 8 hex digits of the SHA-256 of 64 KiB from 1 MiB on.

    A shorter file gives the hash of what there is; a missing one gives ``NOFILE``.
    """
    try:
        with Path(path).open("rb") as file:
            file.seek(LEGACY_START)
            return sha256(file.read(_LEGACY_LENGTH)).hexdigest()[:8]
    except FileNotFoundError:
        return NO_FILE
    except OSError as error:
        raise _unreadable(Path(path), error) from error


def embedding_hash(path: str | Path, *, remember: bool = True) -> str:
    """A hash in "TI hashes": 12 hex digits of the file's SHA-256.

    Raises:
        MezzotintError: the file cannot be read.
    """
    return file_sha256(path, remember=remember)[:12]


def lora_hash(path: str | Path, *, remember: bool = True) -> str:
    """A hash in "Lora hashes": 12 hex digits.

    The file's metadata may state it (``sshs_model_hash``); else it is the SHA-256 of a safetensors file's
    data without the header, so that a change of the metadata does not change it, or of any other whole file.

    Raises:
        MezzotintError: the file cannot be read, or is damaged.
    """
    if Path(path).suffix.lower() != ".safetensors":
        return file_sha256(path, remember=remember)[:12]
    stated = read_header(path).metadata.get("sshs_model_hash")
    return (stated or data_sha256(path, remember=remember))[:12]


def file_sha256(path: str | Path, *, remember: bool = True) -> str:
    """SHA-256 of a whole file, in hex.

    Raises:
        MezzotintError: the file cannot be read.
    """
    return _remembered(Path(path), "file", 0, remember)


def data_sha256(path: str | Path, *, remember: bool = True) -> str:
    """SHA-256 of what follows a safetensors file's header, in hex.

    Raises:
        MezzotintError: the file cannot be read, or is damaged.
    """
    return _remembered(Path(path), "data", read_header(path).data_start, remember)


def cache_file() -> Path:
    """Where hashes are remembered."""
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "mezzotint" / "hashes.json"


def _remembered(path: Path, part: str, start: int, remember: bool) -> str:
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            remember = remember and not os.environ.get(OPT_OUT)
            key = f"{part}:{path.resolve()}"
            stamp = [status.st_size, status.st_mtime_ns]
            if remember and (found := _look_up(_read_cache(), key, stamp)):
                return found
            file.seek(start)
            digest = _digest(file)
    except OSError as error:
        raise _unreadable(path, error) from error
    if remember:
        _write_cache(key, [*stamp, digest])
    return digest


def _digest(file: IO[bytes]) -> str:
    total = sha256()
    while block := file.read(_BLOCK):
        total.update(block)
    return total.hexdigest()


def _look_up(cache: dict[str, Any], key: str, stamp: list[int]) -> str | None:
    match cache.get(key):
        case [size, mtime, str(digest)] if [size, mtime] == stamp and len(digest) == 64:
            return digest
    return None


def _read_cache() -> dict[str, Any]:
    try:
        with cache_file().open("rb") as file:
            data = file.read(_MAX_CACHE + 1)
        content = json.loads(data) if len(data) <= _MAX_CACHE else {}
    except (OSError, ValueError, RecursionError, RuntimeError):  # RuntimeError: there is no home folder
        return {}
    return content if isinstance(content, dict) else {}


def _write_cache(key: str, entry: list[Any]) -> None:
    """Add an entry, dropping the oldest ones; of two processes at once one may win, and that is harmless."""
    entries = {name: value for name, value in _read_cache().items() if name != key}
    kept = dict(list(entries.items())[-(_MAX_ENTRIES - 1) :])
    try:
        target = cache_file()
        target.parent.mkdir(parents=True, exist_ok=True)
        write_file(target, json.dumps({**kept, key: entry}, indent=0).encode())
    except (OSError, RuntimeError, MezzotintError):
        return


def _unreadable(path: Path, error: OSError) -> TensorFileError:
    return TensorFileError(f"cannot read {path}: {error.strerror or error}")
