"""Embedding files: the layouts in use, and files that must not be trusted."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from mezzotint.compiler.conditioning.embeddings import EmbeddingFileError, load_embedding, load_embeddings

VECTORS = torch.arange(6.0).reshape(2, 3)


def test_layouts(tmp_path: Path) -> None:
    save_file({"emb_params": VECTORS}, tmp_path / "style.safetensors")
    save_file({"clip_g": torch.zeros(2, 4), "clip_l": VECTORS.half()}, tmp_path / "xl.safetensors")
    torch.save({"string_to_token": {"*": 265}, "string_to_param": {"*": VECTORS}}, tmp_path / "old.pt")
    module = torch.nn.ParameterDict({"*": torch.nn.Parameter(VECTORS)})
    torch.save({"string_to_token": {"*": 265}, "string_to_param": module}, tmp_path / "older.pt")
    torch.save({"<concept>": VECTORS[0]}, tmp_path / "concept.bin")
    (tmp_path / "readme.txt").write_text("not an embedding")
    found = load_embeddings(tmp_path, (3,))
    assert [(e.name, e.count) for e in found] == [("concept", 1), ("old", 2), ("older", 2), ("style", 2)]
    assert all(torch.equal(e.vectors[0], VECTORS[: e.count]) for e in found)
    (both,) = load_embeddings(tmp_path, (3, 4))
    assert both.name == "xl"
    assert both.vectors[0].dtype == torch.float32


class Payload:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return eval, ("1/0",)


def test_code_in_a_pickle_is_not_run(tmp_path: Path) -> None:
    torch.save({"string_to_param": {"*": Payload()}}, tmp_path / "bad.pt")
    with pytest.raises(EmbeddingFileError, match=r"use a \.safetensors version"):
        load_embedding(tmp_path / "bad.pt")


def test_other_files_are_refused(tmp_path: Path) -> None:
    save_file({"a": VECTORS, "b": VECTORS + 1}, tmp_path / "two.safetensors")
    save_file({"a": torch.zeros(1, 2, 3)}, tmp_path / "deep.safetensors")
    torch.save([VECTORS], tmp_path / "list.pt")
    (tmp_path / "noise.safetensors").write_bytes(b"noise")
    (tmp_path / "noise.pt").write_bytes(b"noise")
    (tmp_path / "empty.pt").write_bytes(b"")
    for path in sorted(tmp_path.iterdir()):
        with pytest.raises(EmbeddingFileError, match=path.stem):
            load_embedding(path)
    with pytest.raises(OSError, match="gone"):
        load_embedding(tmp_path / "gone.pt")
