"""What a network was made for, and what a model is, in words: for the one who chose the wrong file."""

from collections.abc import Mapping
from typing import Any

from mezzotint.grammar.diagnostics import printable

_BY_WIDTH = {768: "SD 1.x", 1024: "SD 2.x", 2048: "SDXL", 1280: "the SDXL refiner"}
_BY_NAME = (
    ("double_blocks", "FLUX.1"),
    ("single_transformer_blocks", "FLUX.1"),
    ("joint_blocks", "SD 3"),
    ("context_embedder", "SD 3"),
    ("lora_te2_", "SDXL"),
    ("text_encoder_2.", "SDXL"),
    ("lora_prior", "Stable Cascade"),
)
_CROSS_ATTENTION = ("attn2_to_k.lora_down.weight", "attn2.to_k.lora_A.weight", "attn2_to_k.hada_w1_b")


def kind_of_model(unet: Any) -> str:
    """The family that a UNet's cross-attention width tells of."""
    return _by_width(int(unet.config.cross_attention_dim))


def kind_of_file(shapes: Mapping[str, tuple[int, ...]], metadata: Mapping[str, str]) -> str:
    """What a network was made for: as its tensors tell, or else its trainer."""
    for name, shape in shapes.items():
        if name.endswith(_CROSS_ATTENTION) and len(shape) > 1:
            return f"a network for {_by_width(shape[1])}"
    for part, kind in _BY_NAME:
        if any(part in name for name in shapes):
            return f"a network for {kind}"
    if stated := metadata.get("ss_base_model_version"):
        return f'a network for a model that its trainer calls "{printable(stated)}"'
    return "no network for any model that is known here"


def _by_width(width: int) -> str:
    return _BY_WIDTH.get(width, f"a model with text vectors of {width} channels")
