"""Write a checkpoint as a Stable Diffusion 1 folder: float16 files, SD1's keys, the full vocabulary."""

import argparse
import json
import shutil
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKL
from safetensors.torch import save_file
from torch import Tensor, nn

from mezzotint.runtime.builtin import model_path
from mezzotint.runtime.builtin.models import TEXT_WIDTH, build_scheduler, build_text_encoder, build_unet
from mezzotint.runtime.builtin.tokens import VOCABULARY_SIZE
from mezzotint.runtime.builtin.train_vae import build_vae

_MODEL_INDEX = {
    "_class_name": "StableDiffusionPipeline",
    "_diffusers_version": "0.30.0",
    "feature_extractor": [None, None],
    "image_encoder": [None, None],
    "requires_safety_checker": False,
    "safety_checker": [None, None],
    "scheduler": ["diffusers", "DDIMScheduler"],
    "text_encoder": ["transformers", "CLIPTextModel"],
    "tokenizer": ["transformers", "CLIPTokenizer"],
    "unet": ["diffusers", "UNet2DConditionModel"],
    "vae": ["diffusers", "AutoencoderKL"],
}


def export_model(
    unet: nn.Module, text_encoder: nn.Module, token_ids: list[int], vae: nn.Module, folder: Path
) -> None:
    """Write the model folder; the tokenizer's files are copied from the shipped one.

    Args:
        unet: of ``build_unet``'s shape.
        text_encoder: with a compact token table of ``len(token_ids) + 1`` rows.
        token_ids: CLIP's ids of the compact rows 1 and up.
        vae: of ``build_vae``'s shape.
        folder: made where missing; files of the same names are replaced.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = model_path() / "tokenizer"
    if folder.resolve() != model_path().resolve():
        shutil.copytree(tokenizer, folder / "tokenizer", dirs_exist_ok=True)
    (folder / "model_index.json").write_text(json.dumps(_MODEL_INDEX, indent=2) + "\n")
    build_scheduler().save_pretrained(folder / "scheduler")
    _write_part(unet, unet.state_dict(), folder / "unet", "diffusion_pytorch_model.safetensors")
    _write_part(vae, vae.state_dict(), folder / "vae", "diffusion_pytorch_model.safetensors")
    text_state = widen_vocabulary(text_encoder.state_dict(), token_ids)
    _write_part(text_encoder, text_state, folder / "text_encoder", "model.safetensors")
    _finish_text_config(folder / "text_encoder" / "config.json")


def widen_vocabulary(state: dict[str, Tensor], token_ids: list[int]) -> dict[str, Tensor]:
    """Return the text encoder's tensors under SD1's keys, over CLIP's whole vocabulary.

    Rows of tokens that no caption held are zero.
    """
    wide: dict[str, Tensor] = {}
    for name, tensor in state.items():
        if name.endswith("position_ids"):
            continue
        if name.endswith("token_embedding.weight"):
            table = torch.zeros(VOCABULARY_SIZE, TEXT_WIDTH)
            table[token_ids] = tensor[1:].float()
            tensor = table
        wide[name if name.startswith("text_model.") else f"text_model.{name}"] = tensor
    return wide


def _write_part(module: Any, state: dict[str, Tensor], folder: Path, file_name: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    halves = {name: tensor.detach().half().contiguous() for name, tensor in state.items()}
    save_file(halves, folder / file_name, metadata={"format": "pt"})
    (folder / file_name).chmod(0o644)
    config = module.config
    if hasattr(config, "to_json_file"):
        config.to_json_file(folder / "config.json", use_diff=False)
    else:
        module.save_config(folder)
        _drop_origin(folder / "config.json")


def _drop_origin(path: Path) -> None:
    """Leave out the folder that a part was loaded from."""
    config = json.loads(path.read_text())
    config.pop("_name_or_path", None)
    path.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")


def _finish_text_config(path: Path) -> None:
    config = json.loads(path.read_text())
    kept = {key: value for key, value in config.items() if not key.startswith("_") and value is not None}
    kept |= {"architectures": ["CLIPTextModel"], "vocab_size": VOCABULARY_SIZE, "torch_dtype": "float32"}
    kept.pop("dtype", None)
    path.write_text(json.dumps(dict(sorted(kept.items())), indent=2) + "\n")


def export_checkpoint(work: Path, folder: Path) -> None:
    """Export the running average in ``work/unet.pt`` and the autoencoder in ``work/vae``."""
    state = torch.load(work / "unet.pt", weights_only=True)
    networks = nn.ModuleDict(
        {"unet": build_unet(), "text_encoder": build_text_encoder(len(state["token_ids"]) + 1)}
    )
    networks.load_state_dict(state["average"])
    vae = AutoencoderKL.from_pretrained(work / "vae")
    export_model(networks["unet"], networks["text_encoder"], state["token_ids"], vae, folder)


def export_untrained(folder: Path) -> None:
    """Export random weights in the shipped layout."""
    token_ids = list(range(VOCABULARY_SIZE - 2, VOCABULARY_SIZE))
    export_model(build_unet(), build_text_encoder(len(token_ids) + 1), token_ids, build_vae(), folder)


def main() -> None:
    """Parse the command line and export."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--work", type=Path, help="folder of checkpoints; without it, random weights are written"
    )
    parser.add_argument("--output", type=Path, default=model_path(), help="model folder to write")
    options = parser.parse_args()
    if options.work is None:
        export_untrained(options.output)
    else:
        export_checkpoint(options.work, options.output)


if __name__ == "__main__":
    main()
