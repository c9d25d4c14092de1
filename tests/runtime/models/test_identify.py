"""What a file is, from its tensors' names."""

from collections.abc import Iterable

import pytest

from mezzotint.runtime.models.families import Family
from mezzotint.runtime.models.identify import Kind, identify

UNET = "model.diffusion_model."
STEM = f"{UNET}input_blocks.0.0.weight"
CROSS = f"{UNET}input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight"


def shapes(names: Iterable[str], **more: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
    return {**dict.fromkeys(names, (4, 4)), **more}


@pytest.mark.parametrize(
    ("names", "kind", "family", "words"),
    [
        ([STEM, "cond_stage_model.transformer.x"], Kind.CHECKPOINT, Family.SD1, "SD 1.x checkpoint"),
        ([STEM, "cond_stage_model.model.x"], Kind.CHECKPOINT, Family.SD2, "SD 2.x checkpoint"),
        ([STEM, "conditioner.embedders.0.model.x"], Kind.CHECKPOINT, Family.SD2, "SD 2.x"),
        ([STEM, "conditioner.embedders.1.model.x"], Kind.CHECKPOINT, Family.SDXL, "SDXL checkpoint"),
        (
            [STEM, "conditioner.embedders.0.model.x", f"{UNET}label_emb.0.0.weight"],
            Kind.CHECKPOINT,
            Family.SDXL_REFINER,
            "refiner",
        ),
        ([STEM, "cond_stage_model.model.x", f"{UNET}label_emb.0.0.weight"], Kind.CHECKPOINT, None, "unCLIP"),
        ([f"{UNET}joint_blocks.0.x"], Kind.CHECKPOINT, None, "Stable Diffusion 3"),
        ([f"{UNET}double_blocks.0.x"], Kind.CHECKPOINT, None, "FLUX"),
        (["double_blocks.0.img_attn.proj.weight"], Kind.CHECKPOINT, None, "FLUX"),
        (["lora_unet_x.lora_up.weight"], Kind.LORA, None, "LoRA"),
        (["lora_te2_x.lora_up.weight"], Kind.LORA, Family.SDXL, "LoRA"),
        (["unet.down_blocks.0.to_q.lora_A.weight"], Kind.LORA, None, "LoRA"),
        (["lora_unet_x.hada_w1_a"], Kind.LORA, None, "LoRA"),
        (["control_model.input_hint_block.0.weight"], Kind.CONTROLNET, None, "ControlNet"),
        (["model_ema.decay", "model_ema.x"], Kind.UNKNOWN, None, "EMA"),
        (["encoder.conv_in.weight", "decoder.conv_in.weight"], Kind.VAE, None, "VAE"),
        (
            ["first_stage_model.encoder.conv_in.weight", "first_stage_model.decoder.conv_in.weight"],
            Kind.VAE,
            None,
            "VAE",
        ),
        (["input_blocks.0.0.weight", "out.2.weight"], Kind.UNET, None, "UNet without"),
        (["conv_in.weight", "time_embedding.linear_1.weight"], Kind.UNET, None, "UNet without"),
        (["text_model.encoder.layers.0.self_attn.k_proj.weight"], Kind.TEXT_ENCODER, None, "text encoder"),
        (["encoder.block.0.layer.0.SelfAttention.q.weight"], Kind.TEXT_ENCODER, None, "text encoder"),
        (["clip_l", "clip_g"], Kind.EMBEDDING, Family.SDXL, "embedding"),
        (["emb_params"], Kind.EMBEDDING, None, "embedding"),
        (["a", "b"], Kind.UNKNOWN, None, "unknown kind"),
        ([], Kind.UNKNOWN, None, "unknown kind"),
    ],
)
def test_kinds_are_told_apart(names: list[str], kind: Kind, family: Family | None, words: str) -> None:
    found = identify(shapes(names))
    assert found.kind is kind
    assert words in found.description
    assert found.is_renderable is (kind is Kind.CHECKPOINT and STEM in names and "unCLIP" not in words)
    if family is not None:
        assert found.family is family


@pytest.mark.parametrize(("width", "family"), [(768, Family.SD1), (1024, Family.SD2), (7, None)])
def test_widths_tell_the_family(width: int, family: Family | None) -> None:
    down = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k.lora_down.weight"
    assert identify({down: (8, width)}).family is family
    assert identify({"emb_params": (2, width)}).family is family
    assert identify({STEM: (320, 4, 3, 3), CROSS: (320, width)}).family is (family or Family.SD1)


@pytest.mark.parametrize(
    ("channels", "use"), [(9, "inpainting"), (8, "editing"), (5, "depth"), (7, "7 input")]
)
def test_checkpoints_for_other_uses_are_named(channels: int, use: str) -> None:
    found = identify({STEM: (320, channels, 3, 3), "cond_stage_model.transformer.x": (1,)})
    assert not found.is_renderable
    assert use in found.description


@pytest.mark.parametrize("shape", [(), (0,), (4,)])
def test_odd_shapes_are_nothing_to_render_with(shape: tuple[int, ...]) -> None:
    assert not identify({STEM: shape}).is_renderable
