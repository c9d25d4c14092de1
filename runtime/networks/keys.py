"""The names of the tensors in a network file: which layer, and which part of its change.

Trainers write ``lora_unet_…_to_q.lora_up.weight`` (kohya, LyCORIS) or a module's dotted path (diffusers,
PEFT). The dotted ones are brought to kohya's words for the parts.
"""

import re
from typing import NamedTuple

_FLAT = ("lora_unet_", "lora_te", "oft_unet_", "bundle_emb.")
_LORA_PARTS = {
    "lora_A.weight": "lora_down.weight",
    "lora_B.weight": "lora_up.weight",
    "lora_A.default.weight": "lora_down.weight",
    "lora_B.default.weight": "lora_up.weight",
    "lora.down.weight": "lora_down.weight",
    "lora.up.weight": "lora_up.weight",
    "lora_linear_layer.down.weight": "lora_down.weight",
    "lora_linear_layer.up.weight": "lora_up.weight",
    "lora_down.weight": "lora_down.weight",
    "lora_up.weight": "lora_up.weight",
    "lora_mid.weight": "lora_mid.weight",
}
_SINGLE_PARTS = (
    "alpha",
    "dora_scale",
    "diff",
    "diff_b",
    "w_norm",
    "b_norm",
    "oft_blocks",
    "oft_diag",
    "rescale",
)
_DOTTED = re.compile(
    rf"(.+?)(?:\.|_(?=lora\.))({'|'.join(map(re.escape, (*_LORA_PARTS, *_SINGLE_PARTS)))}"
    r"|(?:hada|lokr)_\w+|lora_magnitude_vector(?:\.default)?(?:\.weight)?)"
)
_ATTENTION = re.compile(r"\.processor(?=\.to_)|^base_model\.model\.")
_OLD_TEXT_NAMES = {"to_q": "q_proj", "to_k": "k_proj", "to_v": "v_proj", "to_out": "out_proj"}
_UNET_STARTS = ("down_blocks.", "mid_block.", "up_blocks.", "conv_", "time_embedding.", "add_embedding.")


class Key(NamedTuple):
    """A tensor's place: the layer's name, with dots if it is a path, and kohya's word for the part."""

    layer: str
    part: str


def read_key(name: str) -> Key:
    """Split a tensor's name; what has no known form is all layer."""
    if name.startswith(_FLAT):
        layer, _, part = name.partition(".")
        return Key(layer, part)
    match = _DOTTED.fullmatch(name)
    if match is None:
        return Key(name, "")
    layer, part = match.groups()
    part = "magnitude" if part.startswith("lora_magnitude_vector") else part
    return Key(_path(layer), _LORA_PARTS.get(part, part))


def _path(layer: str) -> str:
    """``unet.…`` or ``text_encoder….…``: the path in a pipeline of diffusers."""
    path = _ATTENTION.sub("", layer)
    if path.startswith(_UNET_STARTS):
        path = f"unet.{path}"
    elif path.startswith("text_model."):
        path = f"text_encoder.{path}"
    parent, _, last = path.rpartition(".")
    if parent.endswith(".self_attn"):
        return f"{parent}.{_OLD_TEXT_NAMES.get(last, last)}"
    return f"{path}.0" if last == "to_out" else path
