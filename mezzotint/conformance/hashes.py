"""The suite of hashes by which infotexts name files."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mezzotint.conformance.result import Pair, Row, exact
from mezzotint.runtime.models.hashes import data_sha256, file_sha256, legacy_model_hash, lora_hash, model_hash

_MAX_SIZE = 16 << 20  # bytes of a file that a row describes


@exact
def hashes(row: Row) -> Pair:
    """Checkpoints' hashes, new and old, and those of LoRA files, which leave the metadata out."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file.safetensors"
        path.write_bytes(_content(row))
        got = _network(path) if "safetensors_hex" in row else _checkpoint(path)
    return {key: row[key] for key in got}, got


def _content(row: Row) -> bytes:
    if "safetensors_hex" in row:
        return bytes.fromhex(row["safetensors_hex"])
    seed, size = row["seed"], min(row["size"], _MAX_SIZE)
    return bytes((i * seed + (i >> 8)) & 255 for i in range(size))  # the row's "formula"


def _checkpoint(path: Path) -> dict[str, Any]:
    return {
        "sha256": file_sha256(path, remember=False),
        "short10": model_hash(path, remember=False),
        "legacy8": legacy_model_hash(path),
    }


def _network(path: Path) -> dict[str, Any]:
    return {
        "file_sha256": file_sha256(path, remember=False),
        "addnet_sha256": data_sha256(path, remember=False),
        "lora_short12": lora_hash(path, remember=False),
    }
