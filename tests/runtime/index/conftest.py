"""A user's shelf of models, and an index of it."""

import json
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from mezzotint.runtime.index.index import Index

Shapes = dict[str, list[int]]


def tensors(path: Path, shapes: Shapes, **metadata: str) -> Path:
    """A safetensors file of zeros, and of the file's own name, so that no two are the same."""
    header: dict[str, object] = {"__metadata__": {"own": path.name, **metadata}}
    end = 0
    for name, shape in shapes.items():
        size = 4
        for side in shape:
            size *= side
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [end, end + size]}
        end += size
    text = json.dumps(header).encode()
    data = path.name.encode().ljust(end, b"\0")[:end]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)
    return path


CHECKPOINT: Shapes = {
    "model.diffusion_model.input_blocks.0.0.weight": [320, 4, 32, 32],
    "model.diffusion_model.input_blocks.1.0.out_layers.3.weight": [4, 4],
    "cond_stage_model.transformer.x": [4],
}
LORA: Shapes = {"lora_unet_x.lora_up.weight": [8, 8], "lora_unet_x.lora_down.weight": [8, 8]}
EMBEDDING: Shapes = {"emb_params": [2, 768]}
VAE: Shapes = {"encoder.conv_in.weight": [8], "decoder.conv_in.weight": [8]}


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("MEZZOTINT_INDEX", str(tmp_path / "data" / "index.sqlite"))
    folder = tmp_path / "shelf"
    tensors(folder / "one.safetensors", CHECKPOINT)
    tensors(folder / "loras" / "style.safetensors", LORA, ss_output_name="grand style")
    tensors(folder / "loras" / "stated.safetensors", LORA, sshs_model_hash="ab" * 32)
    tensors(folder / "words" / "good.safetensors", EMBEDDING)
    tensors(folder / "clear.vae.safetensors", VAE)
    (folder / "old.ckpt").write_bytes(b"never opened")
    return folder


@pytest.fixture
def index(shelf: Path) -> Iterator[Index]:
    with Index() as opened:
        opened.add_folder(shelf)
        yield opened
