"""The shipped model: layout, size, keys, untrained rows, and loading with the stock classes."""

import json
import zipfile
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from mezzotint.runtime.builtin import model_path

VOCABULARY_TABLE = "text_model.embeddings.token_embedding.weight"


def test_the_folder_has_stable_diffusions_layout() -> None:
    files = {path.relative_to(model_path()).as_posix() for path in model_path().rglob("*") if path.is_file()}
    assert files == {
        "model_index.json",
        "scheduler/scheduler_config.json",
        "text_encoder/config.json",
        "text_encoder/model.safetensors",
        "tokenizer/merges.txt",
        "tokenizer/special_tokens_map.json",
        "tokenizer/tokenizer_config.json",
        "tokenizer/vocab.json",
        "unet/config.json",
        "unet/diffusion_pytorch_model.safetensors",
        "vae/config.json",
        "vae/diffusion_pytorch_model.safetensors",
    }


def test_the_model_is_small_on_disk_and_in_the_wheel(tmp_path: Path) -> None:
    files = [path for path in model_path().rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 14_000_000
    with zipfile.ZipFile(tmp_path / "model.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for path in files:
            archive.write(path, path.relative_to(model_path()))
    assert (tmp_path / "model.zip").stat().st_size < 8_000_000


def test_the_schedule_is_stable_diffusion_1s() -> None:
    config = json.loads((model_path() / "scheduler" / "scheduler_config.json").read_text())
    expected = {
        "beta_schedule": "scaled_linear",
        "beta_start": 0.00085,
        "beta_end": 0.012,
        "num_train_timesteps": 1000,
        "prediction_type": "epsilon",
        "steps_offset": 1,
        "clip_sample": False,
        "set_alpha_to_one": False,
    }
    assert {key: config[key] for key in expected} == expected


@pytest.mark.parametrize(
    "name",
    [
        "text_encoder/model.safetensors",
        "unet/diffusion_pytorch_model.safetensors",
        "vae/diffusion_pytorch_model.safetensors",
    ],
)
def test_weights_are_finite_halves(name: str) -> None:
    state = load_file(model_path() / name)
    assert {tensor.dtype for tensor in state.values()} == {torch.float16}
    assert all(tensor.isfinite().all() for tensor in state.values())


def test_the_text_encoder_has_sd1s_keys_and_mostly_zero_rows() -> None:
    state = load_file(model_path() / "text_encoder" / "model.safetensors")
    assert all(key.startswith("text_model.") for key in state)
    table = state[VOCABULARY_TABLE]
    assert table.shape == (49408, 64)
    trained = table.abs().sum(1) > 0
    assert trained[[49406, 49407]].all()
    assert trained.sum() < 1000


def test_stock_classes_load_it_and_read_prompts() -> None:
    from diffusers import AutoencoderKL, DDIMScheduler, UNet2DConditionModel
    from transformers import CLIPTextModel, CLIPTokenizer

    folder = model_path()
    tokenizer = CLIPTokenizer.from_pretrained(folder / "tokenizer")
    assert tokenizer("a red circle, blue")["input_ids"] == [49406, 320, 736, 7117, 267, 1746, 49407]
    text_encoder, report = CLIPTextModel.from_pretrained(folder / "text_encoder", output_loading_info=True)
    assert not report["missing_keys"]
    assert not report["unexpected_keys"]
    assert text_encoder.dtype == torch.float32
    ids = torch.tensor([tokenizer("a red circle", padding="max_length")["input_ids"]])
    with torch.no_grad():
        embeds = text_encoder(ids).last_hidden_state
        unet = UNet2DConditionModel.from_pretrained(folder / "unet")
        vae = AutoencoderKL.from_pretrained(folder / "vae")
        noise = unet(torch.randn(1, 4, 16, 16), torch.tensor([500]), embeds).sample
        pixels = vae.decode(noise / vae.config.scaling_factor).sample
    assert embeds.shape == (1, 77, 64)
    # A1111 divides by this mean: it must stay away from zero.
    assert embeds.mean() > 0.1
    assert vae.config.scaling_factor == 0.18215
    assert pixels.shape == (1, 3, 128, 128)
    assert DDIMScheduler.from_pretrained(folder / "scheduler").config.prediction_type == "epsilon"
