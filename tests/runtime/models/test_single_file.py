"""Files that are not what a checkpoint should be, and what may lie beside one."""

import json
import pickle
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import save_file
from torch import Tensor

from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.models.folder import find_model
from mezzotint.runtime.models.hints import MAX_BYTES
from mezzotint.runtime.models.loader import LoadedModel
from mezzotint.runtime.sigmas import alphas_cumprod, zero_terminal_snr

UNET = "model.diffusion_model."
VAE = "first_stage_model."
LAST = f"{UNET}out.2.weight"

State = dict[str, Tensor]
States = Callable[[str], State]
Checkpoints = Callable[[str], Path]


def load(path: Path, **options: Any) -> LoadedModel:
    return LoadedModel(find_model(path), **options)


def saved(state: State, path: Path) -> Path:
    save_file({name: tensor.contiguous() for name, tensor in state.items()}, path)
    return path


def without(state: State, prefix: str) -> State:
    return {name: tensor for name, tensor in state.items() if not name.startswith(prefix)}


@pytest.fixture
def copy(checkpoint: Checkpoints, tmp_path: Path) -> Checkpoints:
    """A checkpoint in a folder of its own, to lay things beside it."""

    def path(family: str) -> Path:
        return Path(shutil.copy(checkpoint(family), tmp_path / f"{family}.safetensors"))

    return path


@pytest.mark.parametrize(
    ("tensors", "words"),
    [
        ({"lora_unet_x.lora_up.weight": (4, 4)}, "is a LoRA"),
        ({"encoder.conv_in.weight": (4, 4), "decoder.conv_in.weight": (4, 4)}, "is a VAE"),
        ({"emb_params": (2, 768)}, "is a textual-inversion embedding"),
        ({f"{UNET}joint_blocks.0.x": (4, 4)}, "is a Stable Diffusion 3 model"),
        ({"double_blocks.0.x": (4, 4)}, "is a FLUX model"),
        ({"text_model.encoder.layers.0.self_attn.k_proj.weight": (4, 4)}, "is a text encoder alone"),
        ({"model_ema.x": (4, 4)}, "averaged weights"),
        ({f"{UNET}input_blocks.0.0.weight": (32, 9, 3, 3)}, "inpainting"),
    ],
)
def test_other_files_are_called_what_they_are(
    tensors: dict[str, tuple[int, ...]], words: str, tmp_path: Path
) -> None:
    path = saved({name: torch.zeros(shape) for name, shape in tensors.items()}, tmp_path / "x.safetensors")
    said = f"{words}.*to render, name a whole checkpoint"
    with pytest.raises(MezzotintError, match=said):
        _ = load(path).unet
    with pytest.raises(MezzotintError, match=said):  # what a renderer asks first
        _ = find_model(path).native_size


@pytest.mark.parametrize(
    ("prefix", "part", "words"),
    [
        (VAE, "vae", "holds no VAE"),
        ("cond_stage_model.", "text_encoders", "lacks a text encoder"),
        (LAST, "unet", "out.2.weight"),
        (f"{UNET}middle_block.0.", "unet", "is missing where"),
        (f"{UNET}input_blocks.1.", "unet", "damaged"),
        (f"{VAE}encoder.down.", "vae", "damaged"),
        (f"{VAE}decoder.mid.", "vae", "is missing where"),
        ("cond_stage_model.transformer.text_model.final", "text_encoders", "is missing where"),
        ("cond_stage_model.transformer.text_model.embeddings", "text_encoders", "missing"),
    ],
)
def test_what_was_cut_out_is_named(
    prefix: str, part: str, words: str, state_of: States, tmp_path: Path
) -> None:
    path = saved(without(state_of("sd1"), prefix), tmp_path / "x.safetensors")
    with pytest.raises(MezzotintError, match=words) as caught:
        getattr(load(path), part)
    assert str(path) in str(caught.value)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(data=st.data(), shape=st.lists(st.sampled_from([0, 1, 3, 64, 200]), max_size=4))
def test_no_shape_gets_through_as_another_error(
    data: st.DataObject, shape: list[int], state_of: States, tmp_path: Path
) -> None:
    state = {n: t for n, t in state_of("sd2").items() if "token_embedding" not in n}
    state["cond_stage_model.model.token_embedding.weight"] = torch.zeros(8, 64)
    state[data.draw(st.sampled_from(sorted(state)))] = torch.zeros(shape)
    model = load(saved(state, tmp_path / "x.safetensors"))
    for part in ("unet", "vae", "text_encoders"):
        with suppress(MezzotintError):
            getattr(model, part)


def test_a_truncated_file_is_named(checkpoint: Checkpoints, tmp_path: Path) -> None:
    (tmp_path / "x.safetensors").write_bytes(checkpoint("sd1").read_bytes()[:-1000])
    with pytest.raises(MezzotintError, match="cut short"):
        _ = load(tmp_path / "x.safetensors").unet


@pytest.mark.parametrize("wrapped", [True, False])
def test_a_pickle_of_tensors_is_the_same_model(
    wrapped: bool, state_of: States, checkpoint: Checkpoints, tmp_path: Path
) -> None:
    state = state_of("sd1")
    torch.save({"state_dict": state, "epoch": 1} if wrapped else state, tmp_path / "x.ckpt")
    model, other = load(tmp_path / "x.ckpt"), load(checkpoint("sd1"))
    assert torch.equal(model.unet.conv_in.weight, other.unet.conv_in.weight)
    assert model.family is other.family
    assert model.source.native_size == (512, 512)


class _Trap:
    def __reduce__(self) -> tuple[Any, ...]:
        return print, ("the stranger's code runs",)


def test_a_pickle_with_code_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    torch.save({"state_dict": {"x": torch.zeros(1)}, "y": _Trap()}, tmp_path / "x.ckpt")
    (tmp_path / "y.ckpt").write_bytes(pickle.dumps(_Trap()))
    for name in ("x.ckpt", "y.ckpt"):
        with pytest.raises(MezzotintError, match=r"stranger's code.*safetensors"):
            _ = load(tmp_path / name).unet
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"text"])
def test_damaged_pickles_are_named(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.ckpt").write_bytes(content)
    with pytest.raises(MezzotintError, match=r"x\.ckpt"):
        _ = load(tmp_path / "x.ckpt").unet


def test_a_pickle_without_tensors_is_no_model(tmp_path: Path) -> None:
    torch.save({"state_dict": [1, 2]}, tmp_path / "x.pt")
    with pytest.raises(MezzotintError, match="no named tensors"):
        _ = load(tmp_path / "x.pt").unet


def test_the_oldest_checkpoints_have_shorter_names(state_of: States, tmp_path: Path) -> None:
    state = {name.replace("text_model.", ""): tensor for name, tensor in state_of("sd1").items()}
    (encoder,) = load(saved(state, tmp_path / "x.safetensors")).text_encoders
    assert encoder.config.hidden_size == 64


@pytest.mark.parametrize(("family", "counts"), [("sd1", True), ("sdxl", False)])
def test_a_table_in_the_file_counts_as_the_reference_has_it(
    family: str, counts: bool, state_of: States, tmp_path: Path
) -> None:
    rounded = alphas_cumprod().half()
    path = saved({**state_of(family), "alphas_cumprod": rounded}, tmp_path / "x.safetensors")
    alphas = load(path).denoising().alphas_cumprod
    assert alphas is not None
    assert torch.equal(alphas, rounded.float() if counts else alphas_cumprod())


@pytest.mark.parametrize("table", [torch.ones(1000), torch.full((3,), 0.5), torch.full((1000,), torch.nan)])
def test_a_damaged_table_is_named(table: Tensor, state_of: States, tmp_path: Path) -> None:
    path = saved({**state_of("sd1"), "alphas_cumprod": table}, tmp_path / "x.safetensors")
    with pytest.raises(MezzotintError, match="alphas_cumprod"):
        load(path).denoising()


def test_marks_of_sdxl_are_honoured(state_of: States, tmp_path: Path) -> None:
    marks = {"v_pred": torch.zeros(0), "ztsnr": torch.zeros(0)}
    denoising = load(saved({**state_of("sdxl"), **marks}, tmp_path / "x.safetensors")).denoising()
    assert denoising.prediction == "v_prediction"
    assert denoising.alphas_cumprod is not None
    assert torch.equal(denoising.alphas_cumprod, zero_terminal_snr(alphas_cumprod()))


@pytest.mark.parametrize(
    ("text", "prediction"),
    [
        ("model: {params: {parameterization: v}}", "v_prediction"),
        ("model: {params: {linear_start: 0.1}}", "epsilon"),
        (
            "model: {params: {denoiser_config: {params: {scaling_config: {target: a.VScaling}}}}}",
            "v_prediction",
        ),
        ("[1, 2]", "epsilon"),
        ("model: 3", "epsilon"),
    ],
)
def test_a_configuration_beside_it_says_what_is_predicted(
    text: str, prediction: str, copy: Checkpoints
) -> None:
    path = copy("sd2")
    path.with_suffix(".yaml").write_text(text, encoding="utf-8")
    model = load(path)
    assert model.denoising().prediction == prediction
    assert model.source.native_size == ((768, 768) if prediction == "v_prediction" else (512, 512))


@pytest.mark.parametrize(
    ("params", "heads"), [("num_heads: 4", 4), ("num_head_channels: 16", [4, 4]), ("num_heads: -1", [1, 1])]
)
def test_a_configuration_beside_it_says_how_many_heads(params: str, heads: object, copy: Checkpoints) -> None:
    path = copy("sd2")
    text = f"model: {{params: {{unet_config: {{params: {{{params}}}}}}}}}"
    path.with_suffix(".yaml").write_text(text, encoding="utf-8")
    assert load(path).unet.config.attention_head_dim == heads


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"!!python/object/apply:os.system [ls]", "not YAML"),
        (b"a: [", "not YAML"),
        (b"[" * 5000, "not YAML"),
        (b"\xff\xfe\x00", "not YAML"),
        (b" " * (MAX_BYTES + 1), "too large"),
    ],
)
def test_configurations_that_cannot_be_read_are_named(content: bytes, words: str, copy: Checkpoints) -> None:
    path = copy("sd2")
    path.with_suffix(".yaml").write_bytes(content)
    with pytest.raises(MezzotintError, match=words):
        _ = load(path).unet


def write_json(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")


def test_a_folder_of_configurations_says_what_shapes_do_not(copy: Checkpoints) -> None:
    path = copy("sd2")
    config = path.parent / "config"
    unet = {"block_out_channels": [64, 64], "attention_head_dim": [2, 4], "sample_size": 12}
    write_json(config / "unet" / "config.json", unet)
    write_json(config / "text_encoder" / "config.json", {"hidden_size": 64, "num_attention_heads": 8})
    write_json(config / "scheduler" / "scheduler_config.json", {"prediction_type": "v_prediction"})
    model = load(path)
    assert model.unet.config.attention_head_dim == [2, 4]
    assert model.text_encoders[0].config.num_attention_heads == 8
    assert model.denoising().prediction == "v_prediction"
    assert model.source.native_size == (96, 96)


def test_a_neighbours_folder_of_configurations_does_not_count(copy: Checkpoints) -> None:
    path = copy("sd2")
    unet = {"block_out_channels": [320, 640], "attention_head_dim": [2, 4], "sample_size": 12}
    write_json(path.parent / "config" / "unet" / "config.json", unet)
    assert load(path).unet.config.attention_head_dim == [1, 1]
    assert load(path).source.native_size == (512, 512)


def test_open_clips_configuration_says_how_many_heads(copy: Checkpoints) -> None:
    path = copy("sdxl")
    write_json(path.with_name("sdxl-g.json"), {"text_cfg": {"width": 64, "heads": 8}})
    first, second = load(path).text_encoders
    assert (first.config.num_attention_heads, second.config.num_attention_heads) == (1, 8)


def test_sizes_that_nobody_published_need_a_configuration(state_of: States, tmp_path: Path) -> None:
    width = {
        name: tensor if "text_model" not in name else tensor[..., :40]
        for name, tensor in state_of("sd1").items()
    }
    with pytest.raises(MezzotintError, match=r"heads cannot be told.*config/text_encoder/config\.json"):
        _ = load(saved(width, tmp_path / "x.safetensors")).text_encoders


@pytest.mark.parametrize("prefix", ["", VAE])
def test_a_vae_of_ones_own(prefix: str, state_of: States, checkpoint: Checkpoints, tmp_path: Path) -> None:
    vae = {name.removeprefix(VAE): t * 0.5 for name, t in state_of("sd1").items() if name.startswith(VAE)}
    path = saved({prefix + name: tensor for name, tensor in vae.items()}, tmp_path / "v.safetensors")
    model = load(checkpoint("sdxl"), vae_path=path)
    assert torch.equal(model.vae.decoder.conv_in.weight, vae["decoder.conv_in.weight"].float())
    assert model.vae.config.scaling_factor == pytest.approx(0.13025)


def test_a_vae_in_a_folder(checkpoint: Checkpoints, tmp_path: Path) -> None:
    own = load(checkpoint("sd1")).vae
    own.save_pretrained(tmp_path / "v")
    own.save_pretrained(tmp_path / "pipeline" / "vae")
    for folder in ("v", "pipeline"):
        vae = load(checkpoint("sdxl"), vae_path=tmp_path / folder).vae
        assert vae.config.scaling_factor == pytest.approx(0.18215)
    alone = tmp_path / "v" / "diffusion_pytorch_model.safetensors"
    with pytest.raises(MezzotintError, match="name their folder"):
        _ = load(checkpoint("sdxl"), vae_path=alone).vae


def test_a_vae_that_is_none(checkpoint: Checkpoints, tmp_path: Path) -> None:
    path = saved({"lora_unet_x.lora_up.weight": torch.zeros(4, 4)}, tmp_path / "v.safetensors")
    with pytest.raises(MezzotintError, match=r"is a LoRA.*name a VAE"):
        _ = load(checkpoint("sd1"), vae_path=path).vae
    with pytest.raises(MezzotintError, match="no VAE at"):
        _ = load(checkpoint("sd1"), vae_path=tmp_path / "nowhere").vae


def test_prompts_of_another_family_are_refused(checkpoint: Checkpoints) -> None:
    from mezzotint.runtime.denoiser import Context

    network = load(checkpoint("sdxl")).denoising().network
    with pytest.raises(MezzotintError, match="another model family"):
        network(torch.zeros(1, 4, 8, 8), torch.zeros(1), Context(torch.zeros(1, 77, 128)))
