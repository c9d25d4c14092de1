"""The models that people have, in full size but without memory: what is derived for them is what they are."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from torch import Tensor

from mezzotint.runtime.models.parts import load_text_encoders, load_unet
from mezzotint.runtime.models.single_file import SingleFile
from mezzotint.runtime.models.tensors import PickleFile


def source(state: dict[str, Tensor]) -> SingleFile:
    file = SingleFile(Path("model.ckpt"))
    tensors = PickleFile(file.path)
    tensors.__dict__["state"] = state
    file.__dict__["tensors"] = tensors
    return file


# Heads, transformers and parameters of diffusers' published configurations of the four models.
UNETS: dict[str, tuple[dict[str, Any], int]] = {
    "sd1": ({"attention_head_dim": 8, "cross_attention_dim": 768}, 859_520_964),
    "sd2": ({"attention_head_dim": [5, 10, 20, 20], "use_linear_projection": True}, 865_910_724),
    "sdxl": ({"attention_head_dim": [5, 10, 20], "transformer_layers_per_block": [1, 2, 10]}, 2_567_463_684),
    "refiner": ({"attention_head_dim": [6, 12, 24, 24], "cross_attention_dim": 1280}, 2_259_526_660),
}
TEXTS = {
    "sd1": [(12, 12, "quick_gelu", 123_060_480)],
    "sd2": [(16, 23, "gelu", 340_387_840)],
    "sdxl": [(12, 12, "quick_gelu", 123_060_480), (20, 32, "gelu", 694_659_840)],
    "refiner": [(20, 32, "gelu", 694_659_840)],
}


def parameters(module: Any) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


@pytest.mark.parametrize("name", UNETS)
def test_unets(name: str, published: Callable[[str], dict[str, Tensor]]) -> None:
    unet = load_unet(source(published(name)))
    expected, count = UNETS[name]
    assert {key: unet.config[key] for key in expected} == expected
    assert parameters(unet) == count


@pytest.mark.parametrize("name", TEXTS)
def test_text_encoders(name: str, published: Callable[[str], dict[str, Tensor]]) -> None:
    encoders = load_text_encoders(source(published(name)))
    facts = [
        (c.num_attention_heads, c.num_hidden_layers, c.hidden_act, parameters(encoder))
        for encoder in encoders
        for c in [encoder.config]
    ]
    assert facts == TEXTS[name]
