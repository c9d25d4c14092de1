"""The factors of LoRA files whose trainer keeps them beside the tensors: diffusers, since 2025.

Source: huggingface/diffusers ``loaders/lora_base.py`` (the field), and PEFT's ``LoraConfig`` (its words).
"""

import json
from collections.abc import Mapping
from typing import Any

_FIELD = "lora_adapter_metadata"
_PARTS = ("text_encoder_2", "text_encoder", "unet")


def peft_scale(path: str, rank: int, metadata: Mapping[str, str]) -> float | None:
    """What the product of a layer's two matrices is multiplied by; ``None`` where the file does not say.

    Args:
        path: of the layer in a pipeline of diffusers.
        rank: of the product.
        metadata: the file's.
    """
    part = next((name for name in _PARTS if path.startswith(f"{name}.")), "")
    config = _config(metadata)
    alpha = config.get(f"{part}.lora_alpha")
    patterns = config.get(f"{part}.alpha_pattern")
    for pattern, own in patterns.items() if isinstance(patterns, dict) else ():
        if path == pattern or path.endswith(f".{pattern}"):
            alpha = own
    if not isinstance(alpha, int | float) or not rank:
        return None
    return float(alpha / rank**0.5 if config.get(f"{part}.use_rslora") is True else alpha / rank)


def _config(metadata: Mapping[str, str]) -> dict[str, Any]:
    try:
        config = json.loads(metadata.get(_FIELD, "{}"))
    except (ValueError, RecursionError):
        return {}
    return config if isinstance(config, dict) else {}
