"""Half precision: which parts are narrowed, and attention in float32."""

from pathlib import Path
from typing import Any

import pytest
import torch

from mezzotint.compiler.lower import compile_prompt
from mezzotint.runtime.devices.attention import Float32Attention, needs_float32
from mezzotint.runtime.engine import Engine
from mezzotint.runtime.job import RenderSettings
from mezzotint.runtime.models.families import Family
from mezzotint.runtime.models.folder import find_model
from mezzotint.runtime.models.loader import LoadedModel

SETTINGS = RenderSettings(steps=3, width=64, height=64, sampler="Euler a")


@pytest.mark.parametrize(
    ("family", "says", "dtype", "expected"),
    [
        (Family.SD2, None, torch.float16, True),
        (Family.SD2, None, torch.bfloat16, False),
        (Family.SD2, True, torch.float32, False),
        (Family.SD1, None, torch.float16, False),
        (Family.SD1, True, torch.float16, True),
        (Family.SDXL, False, torch.float16, False),
    ],
)
def test_where_attention_is_upcast(
    family: Family, says: bool | None, dtype: torch.dtype, expected: bool
) -> None:
    assert needs_float32(family, says, dtype) is expected


def unet_output(model: LoadedModel, scale: float = 1.0) -> torch.Tensor:
    torch.manual_seed(1)
    unet: Any = model.unet
    states = scale * torch.randn(1, 5, unet.config.cross_attention_dim)
    x, t = torch.randn(1, 4, 8, 8), torch.tensor([500.0])
    with torch.no_grad():
        found: torch.Tensor = unet(
            x.to(model.dtype), t, encoder_hidden_states=states.to(model.dtype), return_dict=False
        )[0]
    return found


def test_float32_attention_is_the_usual_one_in_float32() -> None:
    usual, ours = (LoadedModel(find_model("builtin")) for _ in range(2))
    ours.unet.set_attn_processor(Float32Attention())
    assert torch.equal(unet_output(usual), unet_output(ours))


def test_a_model_that_says_so_gets_it(tiny_model: Path) -> None:
    model = LoadedModel(find_model(tiny_model), dtype=torch.float16)
    assert not any(isinstance(p, Float32Attention) for p in model.unet.attn_processors.values())
    model = LoadedModel(find_model(tiny_model), dtype=torch.float16)
    config = tiny_model / "unet" / "config.json"
    before = config.read_text(encoding="utf-8")
    try:
        config.write_text(before.replace("{", '{"upcast_attention": true, ', 1), encoding="utf-8")
        assert all(isinstance(p, Float32Attention) for p in model.unet.attn_processors.values())
        assert unet_output(model).dtype is torch.float16
    finally:
        config.write_text(before, encoding="utf-8")


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_the_unet_alone_is_narrowed(dtype: torch.dtype) -> None:
    model = LoadedModel(find_model("builtin"), dtype=dtype)
    prompts = model.encode(compile_prompt("a red circle"), size=(64, 64))
    engine = Engine(model, threads=1)
    seen: list[torch.dtype] = []
    hook = model.unet.register_forward_hook(lambda _, _args, out: seen.append(out[0].dtype))
    latents = engine.sample(prompts, SETTINGS).latents
    hook.remove()
    assert set(seen) == {dtype}
    assert latents.dtype is torch.float32
    assert prompts.positive[0].timeline[0].hidden_states.dtype is torch.float32
    assert next(model.vae.parameters()).dtype is torch.float32
    assert torch.equal(latents, engine.sample(prompts, SETTINGS).latents)
