"""Hashes against the reference's, and the cache that remembers them."""

import json
import os
import struct
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.models import hashes

# Made by stable-diffusion-webui v1.10.1 (82a973c0): seed and size in bytes of a file, its SHA-256, the hash
# before 2023.
FILES = [
    (3, 100, "2a1b9357d39f48b66d8f3e2a1b952e646bc69a5e655a6dadb944bbe3ca05fb3c", "e3b0c442"),
    (7, 1048676, "9adc08c65968f240e86365caa9ee5dc8d538b316ade7e0471313449a96f78906", "56fee4b1"),
    (13, 1119112, "e39b588800b7921206e1c5a2ca824fede9182bfd3b572072a32621cbd60201ac", "8fca6914"),
    (5, 1048576, "673280b1502a6e1c6074324e0e77cdb5b084b66daa26433b2bdfb801549bbec8", "e3b0c442"),
]
LORA_HEADER = (
    b'{"__metadata__":{"ss_x":"2 different metadata"},'
    b'"w":{"dtype":"F32","shape":[10],"data_offsets":[0,40]}}  '
)
LORA_HASH = "143de3a0e041"


@pytest.mark.parametrize(("seed", "size", "digest", "legacy"), FILES)
def test_hashes_are_the_references(seed: int, size: int, digest: str, legacy: str, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(bytes((i * seed + (i >> 8)) & 255 for i in range(size)))
    assert hashes.file_sha256(path) == digest
    assert hashes.model_hash(path) == digest[:10]
    assert hashes.embedding_hash(path) == digest[:12]
    assert hashes.legacy_model_hash(path) == legacy


def test_the_hash_of_a_lora_is_that_of_its_data(tmp_path: Path) -> None:
    path = tmp_path / "lora.safetensors"
    values = struct.pack("<10f", *range(10))
    path.write_bytes(struct.pack("<Q", len(LORA_HEADER)) + LORA_HEADER + values)
    assert hashes.lora_hash(path) == LORA_HASH


def test_a_missing_file_has_the_old_hash_of_the_reference(tmp_path: Path) -> None:
    assert hashes.legacy_model_hash(tmp_path / "nowhere") == "NOFILE"
    for function in (hashes.legacy_model_hash, hashes.file_sha256):
        with pytest.raises(MezzotintError, match="cannot read"):
            function(tmp_path)
    with pytest.raises(MezzotintError, match="cannot read"):
        hashes.model_hash(tmp_path / "nowhere")


def test_a_lora_may_state_its_hash(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    save_file({"x": torch.zeros(1)}, path, metadata={"sshs_model_hash": "0123456789abcdef"})
    assert hashes.lora_hash(path) == "0123456789ab"
    other = tmp_path / "a.pt"
    other.write_bytes(b"abc")
    assert hashes.lora_hash(other) == "ba7816bf8f01"


def model(folder: Path, content: bytes = b"abc") -> Path:
    path = folder / "m.safetensors"
    path.write_bytes(content)
    return path


def forged(path: Path) -> None:
    """Replace what is remembered, so that it shows where a hash came from."""
    cache = json.loads(hashes.cache_file().read_text(encoding="utf-8"))
    (key,) = cache
    assert str(path) in key
    cache[key][2] = "f" * 64
    hashes.cache_file().write_text(json.dumps(cache), encoding="utf-8")


def test_a_hash_is_remembered_until_the_file_changes(tmp_path: Path, cache_home: Path) -> None:
    path = model(tmp_path)
    before = hashes.file_sha256(path)
    assert hashes.cache_file() == cache_home / "mezzotint" / "hashes.json"
    forged(path)
    assert hashes.file_sha256(path) == "f" * 64
    assert hashes.file_sha256(path, remember=False) == before
    os.utime(path, ns=(1, 1))
    assert hashes.file_sha256(path) == before


def test_nothing_is_written_by_those_who_opt_out(
    tmp_path: Path, cache_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashes.file_sha256(model(tmp_path), remember=False)
    monkeypatch.setenv(hashes.OPT_OUT, "1")
    hashes.file_sha256(model(tmp_path))
    assert not cache_home.exists()


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "null", "[" * 100_000, '{"x": 1}', "\x00", '{"file": ["a"]}']
)
def test_a_damaged_cache_is_ignored_and_replaced(tmp_path: Path, content: str) -> None:
    path = model(tmp_path)
    right = hashes.file_sha256(path, remember=False)
    hashes.cache_file().parent.mkdir(parents=True)
    hashes.cache_file().write_text(content, encoding="utf-8")
    assert hashes.file_sha256(path) == right
    assert right in hashes.cache_file().read_text(encoding="utf-8")


def test_a_remembered_value_must_look_like_one(tmp_path: Path) -> None:
    path = model(tmp_path)
    right = hashes.file_sha256(path)
    text = hashes.cache_file().read_text(encoding="utf-8")
    hashes.cache_file().write_text(text.replace(right, "short"), encoding="utf-8")
    assert hashes.file_sha256(path) == right


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path, cache_home: Path) -> None:
    cache_home.write_text("a file stands in the way", encoding="utf-8")
    assert hashes.model_hash(model(tmp_path)) == "ba7816bf8f"
