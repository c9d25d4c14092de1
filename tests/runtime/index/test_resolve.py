"""From an infotext to files."""

from hashlib import sha256
from pathlib import Path

import pytest

from mezzotint.grammar.document import Dialect, read_document
from mezzotint.runtime.index.index import Index
from mezzotint.runtime.index.resolve import Resolution, resolve
from mezzotint.runtime.index.update import refresh
from mezzotint.runtime.index.wanted import Role
from mezzotint.runtime.models.hashes import legacy_model_hash, lora_hash
from mezzotint.runtime.request import read_request

END = "Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Size: 64x64"


def resolved(index: Index, prompt: str, settings: str) -> Resolution:
    document = read_document(f"{prompt}\n{END}, {settings}", Dialect.INFOTEXT)
    assert document.infotext is not None
    items = {s.key: s.value or "" for s in document.infotext.settings}
    return resolve(read_request(document), items, index.entries)


@pytest.fixture
def digest(shelf: Path) -> str:
    return sha256((shelf / "one.safetensors").read_bytes()).hexdigest()


def test_a_hash_goes_before_a_name(index: Index, shelf: Path, digest: str) -> None:
    refresh(index)
    found = resolved(index, "a cat", f"Model hash: {digest[:10]}, Model: what it was called there")
    assert found.path(Role.MODEL) == shelf / "one.safetensors"
    assert found.notes == found.missing == ()


def test_the_short_hash_of_old_is_known(index: Index, shelf: Path) -> None:
    refresh(index)
    legacy = legacy_model_hash(shelf / "one.safetensors")
    assert resolved(index, "a cat", f"Model hash: {legacy}, Model: one").notes == ()
    found = resolved(index, "a cat", f"Model hash: {legacy}")
    assert found.path(Role.MODEL) == shelf / "one.safetensors"
    assert "has that short hash" in found.notes[0]


def test_a_name_alone_is_told_of(index: Index, shelf: Path, digest: str) -> None:
    refresh(index, hashing=False)
    assert (
        '"mezzotint models refresh" computes'
        in resolved(index, "", "Model: one, Model hash: 1234abcd").notes[0]
    )
    refresh(index)
    found = resolved(index, "a cat", "Model hash: 0123456789, Model: one")
    assert found.path(Role.MODEL) == shelf / "one.safetensors"
    assert f"though its hash is {digest[:10]}" in found.notes[0]


def test_networks_are_found_whatever_they_are_called(index: Index, shelf: Path) -> None:
    refresh(index)
    style = lora_hash(shelf / "loras" / "style.safetensors")
    found = resolved(
        index,
        "a cat <lora:renamed:1> <lora:grand style:0.5> <lora:other:1> <hypernet:old:1>",
        f'Lora hashes: "renamed: {style}, other: {"ab" * 6}", TI hashes: "good: 0123456789ab", '
        "VAE: clear.vae.safetensors",
    )
    loras = shelf / "loras"
    assert found.named(Role.LORA) == {
        "renamed": loras / "style.safetensors",
        "grand style": loras / "style.safetensors",
        "other": loras / "stated.safetensors",
    }
    assert found.named(Role.HYPERNET) == {"old": shelf / "old.ckpt"}
    assert found.named(Role.EMBEDDING) == {"good": shelf / "words" / "good.safetensors"}
    assert found.path(Role.VAE) == shelf / "clear.vae.safetensors"
    assert found.missing == ()
    assert sum("embedding" in note and "though" in note for note in found.notes) == 1


def test_what_is_missing_is_named(index: Index) -> None:
    refresh(index)
    found = resolved(
        index,
        "a cat <lora:far:1>",
        "Model hash: 0123456789, Model: far away, VAE hash: abcdef0123, VAE: v.pt, "
        'TI hashes: "w: 0123456789ab", '
        "Refiner: xl [0123abcdef], Refiner switch at: 0.8",
    )
    assert found.missing == (
        'model "far away" (hash 0123456789)',
        'VAE "v.pt" (hash abcdef0123)',
        'refiner "xl" (hash 0123abcdef)',
        'LoRA "far" (hash unknown)',
        'embedding "w" (hash 0123456789ab)',
    )


def test_civitais_hashes_count(index: Index, shelf: Path, digest: str) -> None:
    refresh(index)
    found = resolved(index, "a cat", f'Hashes: {{"model": "{digest[:10].upper()}"}}, Version: x')
    assert found.path(Role.MODEL) == shelf / "one.safetensors"


def test_a_file_that_was_deleted_is_missing(index: Index, shelf: Path, digest: str) -> None:
    refresh(index)
    (shelf / "one.safetensors").unlink()
    assert resolved(index, "a cat", f"Model hash: {digest[:10]}").missing


def test_hostile_names_are_escaped(index: Index) -> None:
    found = resolved(index, "a <lora:\x1b]0;x\x07:1>", "Model: m\x1b[2J")
    assert "\x1b" not in "".join(found.missing)
