"""Finding embeddings in folders and in LoRA files."""

from pathlib import Path

import torch
from safetensors.torch import save_file

from mezzotint.runtime.models.hashes import embedding_hash
from mezzotint.runtime.networks.embeddings import MAX_SIZE, EmbeddingLibrary, bundled_embeddings
from mezzotint.runtime.networks.find import FoundLora
from mezzotint.runtime.networks.tags import LoraTag


def test_those_that_fit_by_name(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    save_file({"emb_params": torch.zeros(2, 8)}, tmp_path / "style.safetensors")
    save_file({"emb_params": torch.ones(3, 8)}, tmp_path / "sub" / "style.safetensors")
    save_file({"emb_params": torch.zeros(1, 12)}, tmp_path / "sub" / "wide.safetensors")
    torch.save({"string_to_param": {"*": torch.zeros(1, 8)}}, tmp_path / "old.PT")
    save_file({"clip_l": torch.zeros(1, 8), "clip_g": torch.zeros(1, 12)}, tmp_path / "xl.safetensors")
    library = EmbeddingLibrary([tmp_path])
    assert {e.name: e.count for e in library.fitting((8,))} == {"old": 1, "style": 3}
    assert [e.name for e in library.fitting((8, 12))] == ["xl"]
    assert library.fitting((9,)) == []
    last = embedding_hash(tmp_path / "sub" / "style.safetensors")
    assert library.hashes(["style", "xl", "none"], (8,)) == {"style": last}
    assert library.problems == ()


def test_named_files_stand_behind_those_of_folders(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    own, away = tmp_path / "own" / "word.safetensors", tmp_path / "x.safetensors"
    save_file({"emb_params": torch.zeros(2, 8)}, own)
    save_file({"emb_params": torch.zeros(3, 8)}, away)
    library = EmbeddingLibrary([tmp_path / "own"], {"word": away, "renamed": away})
    assert {e.name: e.count for e in library.fitting((8,))} == {"word": 2, "renamed": 3}
    assert library.hashes(["renamed"], (8,)) == {"renamed": embedding_hash(away)}


def test_what_is_left_out_is_told(tmp_path: Path) -> None:
    save_file({"emb_params": torch.zeros(2, 8)}, tmp_path / "good.safetensors")
    (tmp_path / "good.png").write_bytes(b"its preview")
    (tmp_path / "any.preview.png").write_bytes(b"a preview")
    (tmp_path / "inside.png").write_bytes(b"perhaps an embedding")
    (tmp_path / "notes.txt").write_text("")
    (tmp_path / "empty.pt").write_bytes(b"")
    (tmp_path / "noise.pt").write_bytes(b"noise")
    with (tmp_path / "large.safetensors").open("wb") as file:
        file.truncate(MAX_SIZE + 1)
    library = EmbeddingLibrary([tmp_path, tmp_path / "absent"])
    assert [e.name for e in library.fitting((8,))] == ["good"]
    inside, large, noise = sorted(library.problems, key=lambda line: line.split(tmp_path.name)[1])
    assert "inside.png: embeddings inside pictures are not read" in inside
    assert "large.safetensors: 64 MiB are too much" in large
    assert "noise.pt" in noise


def test_bundled_in_a_lora(tmp_path: Path) -> None:
    tensors = {
        "bundle_emb.mystyle.string_to_param.*": torch.ones(2, 8),
        "bundle_emb.both.clip_l": torch.ones(1, 8),
        "bundle_emb.both.clip_g": torch.ones(1, 12),
        "bundle_emb.plain.emb_params": torch.ones(1, 8),
        "lora_unet_conv_in.diff": torch.ones(1),
    }
    save_file(tensors, tmp_path / "x.safetensors")
    found = bundled_embeddings([FoundLora(LoraTag("x"), tmp_path / "x.safetensors")])
    assert {name: (e.channels, e.count, entry) for name, (e, entry) in found.items()} == {
        "both": ((8, 12), 1, "x"),
        "mystyle": ((8,), 2, "x"),
        "plain": ((8,), 1, "x"),
    }
    (tmp_path / "noise.safetensors").write_bytes(b"noise")
    assert bundled_embeddings([FoundLora(LoraTag("noise"), tmp_path / "noise.safetensors")]) == {}
