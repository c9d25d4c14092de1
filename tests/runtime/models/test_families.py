"""Every family in one file: it loads, renders, and is the same model as in a folder."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from mezzotint.compiler.lower import compile_prompt
from mezzotint.runtime.engine import Engine
from mezzotint.runtime.job import RenderSettings
from mezzotint.runtime.models.families import Family
from mezzotint.runtime.models.folder import find_model
from mezzotint.runtime.models.loader import LoadedModel
from mezzotint.runtime.models.schedule import predicts_velocity
from mezzotint.runtime.picture import Renderer
from mezzotint.runtime.sigmas import alphas_cumprod, zero_terminal_snr

FAMILIES = {
    "sd1": Family.SD1,
    "sd2": Family.SD2,
    "sdxl": Family.SDXL,
    "refiner": Family.SDXL_REFINER,
}
SIZE = (64, 40)  # 5 cells: odd sizes go through the upsampling that differs between the two layouts


def load(path: Path, **options: Any) -> LoadedModel:
    return LoadedModel(find_model(path), **options)


def latents(model: LoadedModel, prompt: str = "a (red:1.2) cat") -> Tensor:
    program = compile_prompt(prompt, "")
    settings = RenderSettings(steps=2, width=SIZE[0], height=SIZE[1], seed=1)
    with torch.no_grad():
        conditioning = model.encode(program, size=SIZE)
    return Engine(model).sample(conditioning, settings).latents


@pytest.mark.parametrize("name", FAMILIES)
def test_a_single_file_renders(name: str, checkpoint: Any) -> None:
    model = load(checkpoint(name))
    assert model.family is FAMILIES[name]
    assert model.unet.dtype is torch.float32
    result = latents(model)
    assert result.shape == (1, 4, SIZE[1] // 8, SIZE[0] // 8)
    assert bool(torch.isfinite(result).all())
    assert not torch.equal(result, latents(model, "a blue dog"))


@pytest.mark.parametrize("name", FAMILIES)
def test_a_folder_of_the_same_model_gives_the_same_latents(
    name: str, checkpoint: Any, tmp_path: Path
) -> None:
    model = load(checkpoint(name))
    folder = tmp_path / "folder"
    model.unet.save_pretrained(folder / "unet")
    model.vae.save_pretrained(folder / "vae")
    parts = ("text_encoder_2",) if name == "refiner" else ("text_encoder", "text_encoder_2")
    for part, encoder in zip(parts, model.text_encoders, strict=False):
        encoder.save_pretrained(folder / part)
    (folder / "scheduler").mkdir()
    (folder / "scheduler" / "scheduler_config.json").write_text("{}", encoding="utf-8")
    other = load(folder)
    assert other.family is FAMILIES[name]
    assert torch.equal(latents(other), latents(model))
    assert len(other.source.hash()) == 10


def test_every_tensor_arrives(checkpoint: Any, state_of: Any) -> None:
    model = load(checkpoint("sdxl"))
    first, second = model.text_encoders
    state = state_of("sdxl")
    numbers = sum(tensor.numel() for name, tensor in state.items() if not name.endswith("logit_scale"))
    modules = (model.unet, model.vae, first, second)
    assert sum(parameter.numel() for module in modules for parameter in module.parameters()) == numbers
    assert torch.equal(
        second.text_projection.weight, state["conditioner.embedders.1.model.text_projection"].float().T
    )


def test_open_clip_is_what_torch_computes(checkpoint: Any, state_of: Any) -> None:
    """One block of OpenCLIP, written out with torch's own attention, against the converted module."""
    state = {
        name.removeprefix("conditioner.embedders.1.model."): tensor.float()
        for name, tensor in state_of("sdxl").items()
    }
    tokens = torch.arange(77).unsqueeze(0) * 100
    x = state["token_embedding.weight"][tokens] + state["positional_embedding"]
    attention = nn.MultiheadAttention(64, 1, batch_first=True)
    block = "transformer.resblocks.0."
    attention.load_state_dict(
        {
            name.removeprefix(f"{block}attn."): t
            for name, t in state.items()
            if name.startswith(f"{block}attn.")
        }
    )
    mask = torch.full((77, 77), -torch.inf).triu(1)

    def norm(x: Tensor, name: str) -> Tensor:
        return nn.functional.layer_norm(x, (64,), state[f"{name}.weight"], state[f"{name}.bias"])

    def linear(x: Tensor, name: str) -> Tensor:
        return nn.functional.linear(x, state[f"{name}.weight"], state[f"{name}.bias"])

    with torch.no_grad():
        y = norm(x, f"{block}ln_1")
        x = x + attention(y, y, y, attn_mask=mask)[0]
        inner = nn.functional.gelu(linear(norm(x, f"{block}ln_2"), f"{block}mlp.c_fc"))
        x = x + linear(inner, f"{block}mlp.c_proj")
        ours = load(checkpoint("sdxl")).text_encoders[1](tokens, output_hidden_states=True).hidden_states[1]
    torch.testing.assert_close(ours, x, atol=1e-5, rtol=1e-5)


def test_sd2_leaves_the_last_block_out(checkpoint: Any) -> None:
    (encoder,) = load(checkpoint("sd2")).text_encoders
    assert encoder.config.num_hidden_layers == 2
    assert encoder.config.hidden_act == "gelu"


def test_sdxl_is_told_the_size(checkpoint: Any) -> None:
    model = load(checkpoint("sdxl"))
    program = compile_prompt("a cat AND a dog", "")
    with torch.no_grad():
        conditioning = model.encode(program, size=(1024, 768))
    for branch in (*conditioning.positive, conditioning.negative):
        pooled = branch.timeline[0].pooled
        assert pooled is not None
        assert pooled.shape == (64 + 6,)
        assert pooled[64:].tolist() == [768, 1024, 0, 0, 768, 1024]
    empty = conditioning.negative.timeline[0]
    assert empty.pooled is not None
    assert not empty.hidden_states.any()
    assert not empty.pooled[:64].any()


def test_the_refiner_is_told_how_good_the_picture_is(checkpoint: Any) -> None:
    model = load(checkpoint("refiner"))
    with torch.no_grad():
        conditioning = model.encode(compile_prompt("a cat", "a dog"), size=(512, 640))
    positive, negative = conditioning.positive[0].timeline[0], conditioning.negative.timeline[0]
    assert positive.pooled is not None
    assert negative.pooled is not None
    assert positive.pooled[64:].tolist() == [640, 512, 0, 0, 6.0]
    assert negative.pooled[64:].tolist() == [640, 512, 0, 0, 2.5]


def test_another_size_gives_another_sdxl_picture(checkpoint: Any) -> None:
    model = load(checkpoint("sdxl"))
    program = compile_prompt("a cat", "a dog")
    settings = RenderSettings(steps=2, width=64, height=64, seed=1)
    with torch.no_grad():
        one, other = (model.encode(program, size=size) for size in ((64, 64), (1024, 1024)))
    engine = Engine(model)
    assert not torch.equal(engine.sample(one, settings).latents, engine.sample(other, settings).latents)


def test_the_unet_may_be_of_half_precision(checkpoint: Any) -> None:
    model = load(checkpoint("sdxl"), dtype=torch.bfloat16)
    assert model.unet.dtype is torch.bfloat16
    assert model.vae.dtype is torch.float32
    result = latents(model)
    assert result.dtype is torch.float32
    assert bool(torch.isfinite(result).all())


def test_pictures_go_through_the_vae_and_back(checkpoint: Any) -> None:
    model = load(checkpoint("sdxl"))
    pixels = torch.rand(1, 3, 32, 48) * 2 - 1
    with torch.no_grad():
        mean = model.encode_image(pixels)
        drawn = [model.encode_image(pixels, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2)]
        assert model.decode(mean).shape == pixels.shape
    assert mean.shape == (1, 4, 4, 6)
    assert torch.equal(mean, model.encode_image(pixels))
    assert torch.equal(drawn[0], drawn[1])
    assert not torch.equal(drawn[0], drawn[2])
    assert model.vae.config.scaling_factor == pytest.approx(0.13025)


@pytest.mark.parametrize(("name", "prediction"), [("sd1", "epsilon"), ("sdxl", "epsilon")])
def test_what_is_predicted_without_a_mark(name: str, prediction: str, checkpoint: Any) -> None:
    denoising = load(checkpoint(name)).denoising()
    assert denoising.prediction == prediction
    assert denoising.is_sdxl is (name == "sdxl")
    assert denoising.alphas_cumprod is not None
    assert torch.equal(denoising.alphas_cumprod, alphas_cumprod())


def test_sd2_is_asked_what_it_predicts(checkpoint: Any) -> None:
    class Network(nn.Module):
        dtype, device = torch.float32, torch.device("cpu")

        def __init__(self, share: float) -> None:
            super().__init__()
            self.share = share
            self.config = type("Config", (), {"in_channels": 4, "cross_attention_dim": 8})

        def forward(self, x: Tensor, *_: object, **__: object) -> tuple[Tensor]:
            return (x * self.share,)

    assert not predicts_velocity(Network(1.0))
    assert predicts_velocity(Network(-2.0))
    assert load(checkpoint("sd2")).denoising().prediction == "epsilon"


def test_a_renderer_takes_a_file(checkpoint: Any) -> None:
    renderer = Renderer(checkpoint("sdxl"))
    assert renderer.native_size == (1024, 1024)
    assert len(renderer.model_hash) == 10


def test_zero_terminal_snr_folders_are_honoured(checkpoint: Any, tmp_path: Path) -> None:
    model = load(checkpoint("sd2"))
    model.unet.save_pretrained(tmp_path / "m" / "unet")
    (tmp_path / "m" / "scheduler").mkdir()
    (tmp_path / "m" / "scheduler" / "scheduler_config.json").write_text(
        '{"prediction_type": "v_prediction", "rescale_betas_zero_snr": true}', encoding="utf-8"
    )
    (tmp_path / "m" / "text_encoder").mkdir()
    (tmp_path / "m" / "text_encoder" / "config.json").write_text('{"hidden_act": "gelu"}', encoding="utf-8")
    denoising = load(tmp_path / "m").denoising()
    assert denoising.prediction == "v_prediction"
    assert denoising.alphas_cumprod is not None
    assert torch.equal(denoising.alphas_cumprod, zero_terminal_snr(alphas_cumprod()))
