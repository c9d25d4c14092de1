"""Networks merged into models and taken out again."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from mezzotint.runtime.models.header import TensorFileError
from mezzotint.runtime.networks.apply import Effect, applied
from mezzotint.runtime.networks.errors import NetworkError
from mezzotint.runtime.networks.find import Found, FoundLora
from mezzotint.runtime.networks.layers import named_layers
from mezzotint.runtime.networks.tags import LoraTag

DOWN = "lora_down.weight"
UP = "lora_up.weight"


def found(*loras: tuple[Path, LoraTag]) -> Found:
    return Found(tuple(FoundLora(tag, path) for path, tag in loras))


def save(path: Path, tensors: Mapping[str, Tensor], metadata: dict[str, str] | None = None) -> Path:
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, path, metadata)
    return path


def lora_for(weight: Tensor, rank: int = 2) -> dict[str, Tensor]:
    ones = (1,) * (weight.ndim - 2)
    return {UP: torch.randn(len(weight), rank, *ones), DOWN: torch.randn(rank, *weight.shape[1:])}


def product(parts: Mapping[str, Tensor]) -> Tensor:
    up, down = parts[UP], parts[DOWN]
    return (up.flatten(1) @ down.flatten(1)).reshape(len(up), *down.shape[1:])


def weight_of(model: Any, path: str) -> Tensor:
    weight: Tensor = named_layers(model)[path].weight
    return weight


def unchanged(model: Any, before: list[dict[str, Tensor]]) -> bool:
    after = model.state()
    return [list(part) for part in before] == [list(part) for part in after] and all(
        torch.equal(old[name], new[name]) for old, new in zip(before, after, strict=True) for name in old
    )


FEED_FORWARD = "transformer_blocks.0.ff.net.0.proj"
FLAT_FEED_FORWARD = "transformer_blocks_0_ff_net_0_proj"
TEXT = "text_encoder.text_model.encoder.layers"
SD1_NAMES = [
    ("lora_unet_down_blocks_0_attentions_0_proj_in", "unet.down_blocks.0.attentions.0.proj_in"),
    ("lora_unet_input_blocks_2_1_proj_in", "unet.down_blocks.0.attentions.1.proj_in"),
    ("lora_unet_down_blocks_1_resnets_0_conv_shortcut", "unet.down_blocks.1.resnets.0.conv_shortcut"),
    ("lora_unet_input_blocks_4_0_in_layers_2", "unet.down_blocks.1.resnets.0.conv1"),
    ("lora_unet_input_blocks_3_0_op", "unet.down_blocks.0.downsamplers.0.conv"),
    ("lora_unet_mid_block_resnets_1_time_emb_proj", "unet.mid_block.resnets.1.time_emb_proj"),
    ("lora_unet_middle_block_2_out_layers_3", "unet.mid_block.resnets.1.conv2"),
    ("lora_unet_up_blocks_0_upsamplers_0_conv", "unet.up_blocks.0.upsamplers.0.conv"),
    (f"lora_unet_output_blocks_5_1_{FLAT_FEED_FORWARD}", f"unet.up_blocks.1.attentions.2.{FEED_FORWARD}"),
    ("lora_unet_time_embedding_linear_2", "unet.time_embedding.linear_2"),
    ("lora_unet_conv_in", "unet.conv_in"),
    ("lora_unet_out_2", "unet.conv_out"),
    ("lora_te_text_model_encoder_layers_1_self_attn_q_proj", f"{TEXT}.1.self_attn.q_proj"),
    ("lora_te1_text_model_encoder_layers_0_mlp_fc1", f"{TEXT}.0.mlp.fc1"),
    ("unet.mid_block.attentions.0.proj_out", "unet.mid_block.attentions.0.proj_out"),
]


@pytest.mark.parametrize(("name", "path"), SD1_NAMES)
def test_names_of_layers(tmp_path: Path, sd1: Any, name: str, path: str) -> None:
    before, old = sd1.state(), weight_of(sd1, path).clone()
    parts = {**lora_for(old), "alpha": torch.tensor(1.0)}
    file = save(tmp_path / "x.safetensors", {f"{name}.{part}": tensor for part, tensor in parts.items()})
    tag = LoraTag("x", te=0.5, unet=-0.25)
    with applied(sd1, found((file, tag))) as effects:
        assert effects == (Effect("x", 1),)
        factor = 0.5 if path.startswith("text") else -0.25
        torch.testing.assert_close(weight_of(sd1, path), old + factor / 2 * product(parts))
        assert not unchanged(sd1, before)
    assert unchanged(sd1, before)


DOTTED = [
    ("unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q.lora_{}.weight", "AB"),
    ("unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q.lora.{}.weight", ("down", "up")),
    (
        "unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.processor.to_q_lora.{}.weight",
        ("down", "up"),
    ),
    ("down_blocks.0.attentions.0.transformer_blocks.0.attn1.processor.to_q_lora.{}.weight", ("down", "up")),
    ("base_model.model.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q.lora_{}.weight", "AB"),
    ("unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q.lora_{}.default.weight", "AB"),
]


@pytest.mark.parametrize(("name", "words"), DOTTED)
def test_names_of_diffusers_and_peft(tmp_path: Path, sd1: Any, name: str, words: tuple[str, str]) -> None:
    path = "unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q"
    old = weight_of(sd1, path).clone()
    parts = lora_for(old)
    tensors = {name.format(words[0]): parts[DOWN], name.format(words[1]): parts[UP]}
    with applied(sd1, found((save(tmp_path / "x.safetensors", tensors), LoraTag("x")))):
        torch.testing.assert_close(weight_of(sd1, path), old + product(parts))


def test_old_names_of_diffusers_in_text_encoders_and_outputs(tmp_path: Path, sd1: Any) -> None:
    text = "text_encoder.text_model.encoder.layers.0.self_attn."
    unet = "unet.mid_block.attentions.0.transformer_blocks.0.attn2."
    names = {
        f"{text}to_out_lora": f"{text}out_proj",
        f"{text}q_proj.lora_linear_layer": f"{text}q_proj",
        f"{unet}processor.to_out_lora": f"{unet}to_out.0",
    }
    parts = {name: lora_for(weight_of(sd1, path)) for name, path in names.items()}
    old = {path: weight_of(sd1, path).clone() for path in names.values()}
    tensors = {f"{n}.{w}.weight": p[f"lora_{w}.weight"] for n, p in parts.items() for w in ("up", "down")}
    with applied(sd1, found((save(tmp_path / "x.safetensors", tensors), LoraTag("x")))) as effects:
        assert effects == (Effect("x", 3),)
        for name, path in names.items():
            torch.testing.assert_close(weight_of(sd1, path), old[path] + product(parts[name]))


@pytest.mark.parametrize(
    ("config", "factor"),
    [
        ('{"unet.lora_alpha": 6, "unet.r": 2}', 3.0),
        ('{"unet.lora_alpha": 6, "unet.alpha_pattern": {"attentions.0.proj_in": 1}}', 0.5),
        ('{"unet.lora_alpha": 6, "unet.use_rslora": true}', 6 / 2**0.5),
        ('{"text_encoder.lora_alpha": 6}', 1.0),
        ("[]", 1.0),
        ("{", 1.0),
    ],
)
def test_factors_in_the_metadata(tmp_path: Path, sd1: Any, config: str, factor: float) -> None:
    path = "unet.down_blocks.0.attentions.0.proj_in"
    old = weight_of(sd1, path).clone()
    parts = lora_for(old)
    tensors = {f"{path}.lora_A.weight": parts[DOWN], f"{path}.lora_B.weight": parts[UP]}
    file = save(tmp_path / "x.safetensors", tensors, {"lora_adapter_metadata": config})
    with applied(sd1, found((file, LoraTag("x")))):
        torch.testing.assert_close(weight_of(sd1, path), old + factor * product(parts))


def test_sdxl_names(tmp_path: Path, sdxl: Any) -> None:
    names = {
        "lora_unet_output_blocks_2_2_conv": "unet.up_blocks.0.upsamplers.0.conv",
        "lora_unet_label_emb_0_0": "unet.add_embedding.linear_1",
        "lora_te1_text_model_encoder_layers_0_self_attn_k_proj": (
            "text_encoder.text_model.encoder.layers.0.self_attn.k_proj"
        ),
        "lora_te2_text_model_encoder_layers_1_mlp_fc2": "text_encoder_2.text_model.encoder.layers.1.mlp.fc2",
        **{
            f"lora_te2_text_model_encoder_layers_0_self_attn_{p}_proj": (
                f"text_encoder_2.text_model.encoder.layers.0.self_attn.{p}_proj"
            )
            for p in ("q", "k", "v", "out")
        },
    }
    parts = {name: lora_for(weight_of(sdxl, path)) for name, path in names.items()}
    old = {path: weight_of(sdxl, path).clone() for path in names.values()}
    tensors = {f"{name}.{part}": tensor for name, both in parts.items() for part, tensor in both.items()}
    # The reference knows neither of these.
    ignored = {
        "lora_unet_up_blocks_0_upsamplers_0_conv.diff": torch.ones(16, 16, 3, 3),
        "lora_te2_text_model_encoder_layers_0_layer_norm1.w_norm": torch.ones(12),
    }
    before = sdxl.state()
    file = save(tmp_path / "x.safetensors", {**tensors, **ignored})
    with applied(sdxl, found((file, LoraTag("x", te=0.5, unet=2.0)))) as (effect,):
        assert effect.layers == 8
        assert set(effect.unmatched) == set(ignored)
        assert effect.problems[0].startswith('"x": 2 tensors belong to no layer of this model, such as')
        for name, path in names.items():
            factor = 2.0 if path.startswith("unet.") else 0.5
            torch.testing.assert_close(weight_of(sdxl, path), old[path] + factor * product(parts[name]))
    assert unchanged(sdxl, before)


@pytest.mark.parametrize(("family", "prefix"), [("sdxl", "lora_te2"), ("sd2", "lora_te")])
def test_an_attention_of_openclip_changes_whole_or_not(
    tmp_path: Path, request: pytest.FixtureRequest, family: str, prefix: str
) -> None:
    model: Any = request.getfixturevalue(family)
    name = f"{prefix}_text_model_encoder_layers_0_self_attn_"
    tensors = {f"{name}{p}_proj.diff": torch.ones(12, 12) for p in ("q", "k", "v")}
    other = {"lora_unet_conv_in.diff": torch.ones(8, 4, 3, 3)}
    file = save(tmp_path / "x.safetensors", {**tensors, **other})
    with applied(model, found((file, LoraTag("x")))) as (effect,):
        assert effect.layers == 1
        assert len(effect.unfit) == 1
    last = {f"{name}out_proj.diff": torch.ones(12, 12), f"{name}out_proj.diff_b": torch.ones(12)}
    biases = {f"{name}q_proj.diff_b": torch.ones(12)}  # read by the reference, and not used
    file = save(tmp_path / "x.safetensors", {**tensors, **last, **biases})
    encoder = model.text_encoders[-1]
    attention = getattr(encoder, "text_model", encoder).encoder.layers[0].self_attn
    with applied(model, found((file, LoraTag("x")))) as (effect,):
        assert effect == Effect("x", 4)
        assert torch.equal(attention.q_proj.bias, torch.zeros(12))
        assert torch.equal(attention.out_proj.bias, torch.ones(12))
    assert torch.equal(attention.out_proj.bias, torch.zeros(12))


def test_several_networks_act_one_on_the_other(tmp_path: Path, sd1: Any) -> None:
    name, path = "lora_unet_time_embedding_linear_1", "unet.time_embedding.linear_1"
    old, diff, factors = weight_of(sd1, path).clone(), torch.randn(32, 8), torch.randn(8)
    full = save(tmp_path / "full.safetensors", {f"{name}.diff": diff})
    ia3 = save(tmp_path / "ia3.safetensors", {f"{name}.weight": factors, f"{name}.on_input": torch.tensor(1)})
    before = sd1.state()
    tags = ((full, LoraTag("full", unet=0.5)), (ia3, LoraTag("ia3")), (full, LoraTag("full", unet=0.5)))
    with applied(sd1, found(*tags)) as effects:
        assert [effect.layers for effect in effects] == [1, 1, 1]
        expected = (old + diff / 2) * (1 + factors) + diff / 2
        torch.testing.assert_close(weight_of(sd1, path), expected)
    assert unchanged(sd1, before)


def test_norms_and_biases_come_back_too(tmp_path: Path, sd1: Any) -> None:
    tensors = {
        "lora_unet_mid_block_resnets_0_norm1.w_norm": torch.ones(16),
        "lora_unet_mid_block_resnets_0_norm1.b_norm": torch.ones(16),
        # This layer has no bias of its own.
        "lora_unet_mid_block_attentions_0_transformer_blocks_0_attn1_to_q.diff": torch.ones(16, 16),
        "lora_unet_mid_block_attentions_0_transformer_blocks_0_attn1_to_q.diff_b": torch.ones(16),
    }
    before = sd1.state()
    norm = sd1.unet.mid_block.resnets[0].norm1
    to_q = sd1.unet.mid_block.attentions[0].transformer_blocks[0].attn1.to_q
    with applied(sd1, found((save(tmp_path / "x.safetensors", tensors), LoraTag("x", unet=0.5)))):
        assert torch.equal(norm.weight, torch.full((16,), 1.5))
        assert torch.equal(norm.bias, torch.full((16,), 0.5))
        assert torch.equal(to_q.bias, torch.full((16,), 0.5))
    assert to_q.bias is None
    assert unchanged(sd1, before)


def test_the_sum_has_the_type_of_the_file_as_in_the_reference(tmp_path: Path, sd1: Any) -> None:
    name, path = "lora_unet_time_embedding_linear_1", "unet.time_embedding.linear_1"
    old, diff = weight_of(sd1, path).clone(), torch.randn(32, 8).half()
    with applied(sd1, found((save(tmp_path / "x.safetensors", {f"{name}.diff": diff}), LoraTag("x")))):
        assert torch.equal(weight_of(sd1, path), (old.half() + diff).float())


def test_what_is_not_understood_is_told(tmp_path: Path, sd1: Any) -> None:
    name = "lora_unet_time_embedding_linear_1"
    tensors = {
        f"{name}.diff": torch.ones(32, 8),
        f"{name}.bias_values": torch.ones(3),
        "lora_unet_conv_in.diff": torch.ones(8, 5, 3, 3),
        "lora_unet_nowhere\x1b.diff": torch.ones(1),
    }
    with applied(sd1, found((save(tmp_path / "x.safetensors", tensors), LoraTag("x")))) as (effect,):
        assert effect.layers == 1
        assert effect.unread == ("unet.time_embedding.linear_1: bias_values",)
        assert effect.unmatched == ("lora_unet_nowhere\x1b.diff",)
        assert effect.unfit == ("unet.conv_in: has (8, 5, 3, 3) for a weight of (8, 4, 3, 3)",)
        assert len(effect.problems) == 3
        assert all(line.isprintable() for line in effect.problems)


SDXL_LIKE = "lora_unet_input_blocks_7_1_transformer_blocks_0_attn2_to_k"


@pytest.mark.parametrize(
    ("tensors", "metadata", "message"),
    [
        (
            {f"{SDXL_LIKE}.{DOWN}": (4, 2048), f"{SDXL_LIKE}.{UP}": (8, 4)},
            {},
            "it is a network for SDXL, and the",
        ),
        ({"lora_unet_double_blocks_0_img_attn_qkv.diff": (1,)}, {}, "a network for FLUX.1"),
        ({"lora_unet_x.diff": (1,)}, {"ss_base_model_version": "sd_v2"}, 'its trainer calls "sd_v2"'),
        ({"model.diffusion_model.out.2.weight": (1,)}, {}, "no network for any model that is known"),
        ({"lora_unet_conv_in.diff": (1, 2)}, {}, "the model is a model with text vectors of 8 channels"),
        ({"lora_unet_conv_in.alpha": ()}, {}, "no known layout of networks has alpha for unet.conv_in"),
    ],
)
def test_a_network_that_can_do_nothing(
    tmp_path: Path, sd1: Any, tensors: dict[str, tuple[int, ...]], metadata: dict[str, str], message: str
) -> None:
    file = save(tmp_path / "x.safetensors", {n: torch.ones(shape) for n, shape in tensors.items()}, metadata)
    good = save(tmp_path / "good.safetensors", {"lora_unet_conv_in.diff": torch.ones(8, 4, 3, 3)})
    before = sd1.state()
    networks = found((good, LoraTag("good")), (file, LoraTag("x")))
    with pytest.raises(NetworkError, match=message), applied(sd1, networks):
        pass
    assert unchanged(sd1, before)
    with applied(sd1, networks, strict=False) as (first, second):
        assert first == Effect("good", 1)
        assert message in second.failure
        assert second.problems == (second.failure,)
    assert unchanged(sd1, before)


class Payload:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return eval, ("1/0",)


def test_pickles(tmp_path: Path, sd1: Any) -> None:
    torch.save({"lora_unet_conv_in.diff": torch.ones(8, 4, 3, 3)}, tmp_path / "good.pt")
    with applied(sd1, found((tmp_path / "good.pt", LoraTag("good")))) as effects:
        assert effects == (Effect("good", 1),)
    torch.save({"lora_unet_conv_in.diff": Payload()}, tmp_path / "bad.pt")
    (tmp_path / "noise.safetensors").write_bytes(b"noise")
    for name in ("bad.pt", "noise.safetensors", "gone.safetensors"):
        networks = found((tmp_path / name, LoraTag("x")))
        with pytest.raises(TensorFileError), applied(sd1, networks):
            pass
        with applied(sd1, networks, strict=False) as (effect,):
            assert name in effect.failure


def test_weights_come_back_after_an_error(tmp_path: Path, sd1: Any) -> None:
    file = save(tmp_path / "x.safetensors", {"lora_unet_conv_in.diff": torch.ones(8, 4, 3, 3)})
    before = sd1.state()
    with pytest.raises(ZeroDivisionError), applied(sd1, found((file, LoraTag("x")))):
        raise ZeroDivisionError
    assert unchanged(sd1, before)


def test_no_networks_touch_nothing(sd1: Any) -> None:
    weight = weight_of(sd1, "unet.conv_in")
    with applied(sd1, Found()) as effects:
        assert effects == ()
        assert weight_of(sd1, "unet.conv_in") is weight
