"""Text conditioning against tensors that stable-diffusion-webui v1.10.1 computed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from transformers import CLIPTextConfig
from transformers.models.clip.modeling_clip import CLIPTextModel, CLIPTextModelWithProjection

from mezzotint.compiler.conditioning.clip import ClipEncoder, Encoder, encode_program
from mezzotint.compiler.conditioning.embeddings import Embedding
from mezzotint.compiler.conditioning.sdxl import SdxlEncoder
from mezzotint.compiler.ir import A1111Weights, Branch, Emphasis, Entry, Program
from mezzotint.compiler.lower import pieces
from mezzotint.compiler.passes.mapped import Mapped

GOLDEN = Path(__file__).parents[2] / "golden" / "conditioning"
TOLERANCE = 1e-4
Row = dict[str, Any]


def rows(family: str) -> list[Row]:
    return [json.loads(line) for line in (GOLDEN / f"{family}.jsonl").read_text("utf-8").splitlines()]


def text_model(family: str, part: str, data: dict[str, Tensor]) -> nn.Module:
    """A text model; token rows that were not stored are NaN, so that reading one shows."""
    config = CLIPTextConfig.from_json_file(GOLDEN / f"{family}_{part}.json")
    model: nn.Module = (CLIPTextModelWithProjection if part.endswith("2") else CLIPTextModel)(config)
    weights = {k.removeprefix(f"{part}."): v for k, v in data.items() if k.startswith(f"{part}.")}
    name = "text_model.embeddings.token_embedding.weight"
    table = torch.full((config.vocab_size, config.hidden_size), torch.nan)
    table[data["token_ids"].long()] = weights[name]
    weights[name] = table
    if not any(key.startswith("text_model.") for key in model.state_dict()):
        weights = {k.removeprefix("text_model."): v for k, v in weights.items()}
    model.load_state_dict(weights)
    return model.eval()


def timeline(texts: list[str], emphasis: Emphasis) -> Branch:
    entries = (Entry(i, text, pieces(Mapped(text), emphasis)) for i, text in enumerate(texts))
    return Branch(1.0, tuple(entries))


def check(row: Row, encoder: Encoder, data: dict[str, Tensor]) -> None:
    emphasis = Emphasis(row["emphasis"])
    asked, other = timeline(row["prompts"], emphasis), timeline(["a"], emphasis)
    is_negative = row.get("is_negative_prompt", False)
    positive, negative = (other, asked) if is_negative else (asked, other)
    weights = A1111Weights(emphasis, row.get("use_old_emphasis_implementation", False))
    program = Program((positive,), negative, (), 20, weights)
    conditioning = encode_program(program, encoder, clip_skip=row["clip_skip"])
    encoded = conditioning.negative if is_negative else conditioning.positive[0]
    name = f"expected.{row['id']}"
    hidden_states = torch.stack([e.hidden_states for e in encoded.timeline])
    expected = data.get(name, data.get(f"{name}.crossattn"))
    torch.testing.assert_close(hidden_states, expected, atol=TOLERANCE, rtol=0)
    for entry, pooled in zip(encoded.timeline, data.get(f"{name}.pooled", ()), strict=False):
        torch.testing.assert_close(entry.pooled, pooled, atol=TOLERANCE, rtol=0)


def sd1() -> tuple[dict[str, Tensor], Callable[[Row], Encoder]]:
    data = load_file(GOLDEN / "sd1.safetensors")
    model = text_model("sd1", "text_encoder", data)
    known = [Embedding(k.split(".")[1], (v,)) for k, v in data.items() if k.startswith("embedding.")]
    return data, lambda row: ClipEncoder(model, embeddings=known if row.get("embeddings") else ())


def sdxl() -> tuple[dict[str, Tensor], Callable[[Row], Encoder]]:
    data = load_file(GOLDEN / "sdxl.safetensors")
    first, second = (text_model("sdxl", part, data) for part in ("text_encoder", "text_encoder_2"))
    vectors = data["embedding.xlemb.clip_l"], data["embedding.xlemb.clip_g"]
    return data, lambda row: SdxlEncoder(
        first,
        second,
        embeddings=[Embedding("xlemb", vectors)] if row.get("embeddings") else (),
        clip_l_skip=row.get("sdxl_clip_l_skip", False),
    )


@pytest.mark.parametrize(("family", "make"), [("sd1", sd1), ("sdxl", sdxl)])
def test_conditioning_is_that_of_the_reference(
    family: str, make: Callable[[], tuple[dict[str, Tensor], Callable[[Row], Encoder]]]
) -> None:
    data, encoder = make()
    cases = rows(family)
    assert cases
    for row in cases:
        check(row, encoder(row), data)
