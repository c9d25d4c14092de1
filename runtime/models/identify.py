"""What kind of file a set of tensors is, told by their names and shapes alone."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from mezzotint.runtime.models.families import Family
from mezzotint.runtime.models.header import Shapes

UNET = "model.diffusion_model."
VAE = "first_stage_model."
CLIP = "cond_stage_model.transformer."
OPEN_CLIP = "cond_stage_model.model."
SDXL_CLIP = "conditioner.embedders.0.transformer."
SDXL_OPEN_CLIP = "conditioner.embedders.1.model."
FIRST_OPEN_CLIP = "conditioner.embedders.0.model."  # of the SDXL refiner, and of SD Turbo

_LORA = re.compile(
    r"^lora_|\.(lora|lora_linear_layer)[._](up|down|A|B|mid)\b|\.(hada_w|lokr_w|oft_|dora_)|^lycoris_"
)
_FAMILY_OF_WIDTH = {768: Family.SD1, 1024: Family.SD2, 2048: Family.SDXL, 1280: Family.SDXL_REFINER}


class Kind(StrEnum):
    """What a file of tensors is for."""

    CHECKPOINT = "checkpoint"
    LORA = "LoRA"
    VAE = "VAE"
    EMBEDDING = "embedding"
    TEXT_ENCODER = "text encoder"
    UNET = "UNet"
    CONTROLNET = "ControlNet"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Identity:
    """What a file is.

    Attributes:
        kind: what it is for.
        family: which models it belongs to, where that shows and they can be rendered with.
        description: with its article, as in "this is …".
        is_renderable: whether pictures can be made with it alone.
    """

    kind: Kind
    family: Family | None
    description: str
    is_renderable: bool = False


def identify(shapes: Shapes) -> Identity:
    """Tell what a file is from the names and shapes of its tensors."""
    for rule in _RULES:
        if (found := rule(shapes)) is not None:
            return found
    return Identity(Kind.UNKNOWN, None, "a file of an unknown kind")


def _foreign(shapes: Shapes) -> Identity | None:
    marks = {
        "joint_blocks.": "a Stable Diffusion 3 model",
        "double_blocks.": "a FLUX model",
        "single_transformer_blocks.": "a FLUX model in diffusers' layout",
        "down_blocks.0.0.": "a Stable Cascade model",
    }
    heads = {name.removeprefix(UNET)[:40] for name in shapes}
    for mark, description in marks.items():
        if any(head.startswith(mark) for head in heads):
            return Identity(Kind.CHECKPOINT, None, description)
    return None


def _lora(shapes: Shapes) -> Identity | None:
    if not any(_LORA.search(name) for name in shapes):
        return None
    if any(name.startswith(("lora_te2_", "text_encoder_2.")) for name in shapes):
        family: Family | None = Family.SDXL
    else:
        down = next((s for n, s in shapes.items() if _cross_attention_down(n) and len(s) > 1), None)
        family = _FAMILY_OF_WIDTH.get(down[1]) if down else None
    return Identity(Kind.LORA, family, "a LoRA or a network of that kind")


def _cross_attention_down(name: str) -> bool:
    return "attn2" in name and "to_k" in name and ("down" in name or "lora_A" in name)


def _controlnet(shapes: Shapes) -> Identity | None:
    marks = ("control_model.", "controlnet_cond_embedding.", "input_hint_block.")
    if any(name.startswith(marks) for name in shapes):
        return Identity(Kind.CONTROLNET, None, "a ControlNet")
    return None


def _checkpoint(shapes: Shapes) -> Identity | None:
    stem = shapes.get(f"{UNET}input_blocks.0.0.weight")
    if stem is None:
        return None
    channels = stem[1] if len(stem) > 1 else 0
    family = _checkpoint_family(shapes)
    name = f"an {family} checkpoint"
    if channels != 4:
        uses = {9: "inpainting", 8: "picture editing", 5: "depth"}
        use = uses.get(channels, "another use")
        return Identity(Kind.CHECKPOINT, family, f"{name} for {use}, with {channels} input channels")
    if not family.is_sdxl and f"{UNET}label_emb.0.0.weight" in shapes:
        return Identity(Kind.CHECKPOINT, family, "an unCLIP checkpoint, which is led by pictures")
    return Identity(Kind.CHECKPOINT, family, name, is_renderable=True)


def _checkpoint_family(shapes: Shapes) -> Family:
    def has(prefix: str) -> bool:
        return any(name.startswith(prefix) for name in shapes)

    if has(SDXL_OPEN_CLIP):
        return Family.SDXL
    if has(OPEN_CLIP):
        return Family.SD2
    if has(f"{UNET}label_emb."):
        return Family.SDXL_REFINER if has(FIRST_OPEN_CLIP) else Family.SDXL
    if has(FIRST_OPEN_CLIP):
        return Family.SD2
    if has(CLIP):
        return Family.SD1
    return Family.SD2 if _context_width(shapes) == 1024 else Family.SD1


def _context_width(shapes: Shapes) -> int | None:
    keys = (n for n in shapes if n.startswith(UNET) and n.endswith("attn2.to_k.weight"))
    return next((shapes[name][-1] for name in keys if shapes[name]), None)


def _averages(shapes: Shapes) -> Identity | None:
    if any(name.startswith("model_ema.") for name in shapes):
        return Identity(Kind.UNKNOWN, None, "a checkpoint with averaged weights (EMA) only")
    return None


def _vae(shapes: Shapes) -> Identity | None:
    bare = {name.removeprefix(VAE) for name in shapes}
    if {"encoder.conv_in.weight", "decoder.conv_in.weight"} <= bare:
        return Identity(Kind.VAE, None, "a VAE")
    return None


def _unet(shapes: Shapes) -> Identity | None:
    if "input_blocks.0.0.weight" in shapes or {"conv_in.weight", "time_embedding.linear_1.weight"} <= {
        *shapes
    }:
        return Identity(Kind.UNET, None, "a UNet without its VAE and text encoder")
    return None


def _text_encoder(shapes: Shapes) -> Identity | None:
    marks = ("encoder.layers.0.self_attn.", "transformer.resblocks.0.attn.", "encoder.block.0.layer.0.Self")
    if any(mark in name for name in shapes for mark in marks):
        return Identity(Kind.TEXT_ENCODER, None, "a text encoder alone")
    return None


def _embedding(shapes: Shapes) -> Identity | None:
    if {"clip_l", "clip_g"} <= shapes.keys():
        return Identity(Kind.EMBEDDING, Family.SDXL, "a textual-inversion embedding")
    if len(shapes) != 1:
        return None
    ((name, shape),) = shapes.items()
    if len(shape) in (1, 2) and (name == "emb_params" or shape[-1] in _FAMILY_OF_WIDTH):
        family = _FAMILY_OF_WIDTH.get(shape[-1])
        return Identity(Kind.EMBEDDING, family, "a textual-inversion embedding")
    return None


_RULES: tuple[Callable[[Shapes], Identity | None], ...] = (
    _foreign,
    _lora,
    _controlnet,
    _checkpoint,
    _averages,
    _vae,
    _unet,
    _text_encoder,
    _embedding,
)
