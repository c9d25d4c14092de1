"""Weights on T5 against tensors that ComfyUI computed."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor
from transformers import T5Config
from transformers.models.t5.modeling_t5 import T5EncoderModel

from mezzotint.compiler.conditioning.t5 import T5Tower
from mezzotint.compiler.passes.attention_comfy import attention_comfy

GOLDEN = Path(__file__).parents[2] / "golden" / "conditioning"
TOLERANCE = 2e-4
MIN_LENGTHS = {"t5_sd3_min77": 77, "t5_flux_min256": 256}
ROWS = [json.loads(line) for line in (GOLDEN / "t5.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def data() -> dict[str, Tensor]:
    return load_file(GOLDEN / "t5.safetensors")


@pytest.fixture(scope="module")
def model(data: dict[str, Tensor]) -> T5EncoderModel:
    """The encoder; token rows that were not stored are NaN, so that reading one shows."""
    config = T5Config.from_json_file(GOLDEN / "t5_encoder.json")
    model = T5EncoderModel(config).eval()
    weights = {k.removeprefix("t5."): v for k, v in data.items() if k.startswith("t5.")}
    weights["shared.weight"] = torch.full((config.vocab_size, config.d_model), torch.nan)
    weights["shared.weight"][data["token_ids"].long()] = data["token_rows"]
    missing, unexpected = model.load_state_dict(weights, strict=False)
    assert set(missing) <= {"encoder.embed_tokens.weight"}  # the same tensor
    assert not unexpected
    return model


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_weights_act_as_in_the_reference(
    row: dict[str, Any], model: T5EncoderModel, data: dict[str, Tensor]
) -> None:
    tower = T5Tower(model, MIN_LENGTHS[row["kind"]], None)
    pieces = attention_comfy(row["prompt"])
    read = tower.row(pieces)
    shown = list(zip(read.tokens, read.weights, strict=True))
    assert [[token, pytest.approx(weight)] for token, weight in shown[: read.length]] == row["nonpad"]
    assert set(shown[read.length :]) <= {(0, 1.0)}
    ((hidden_states, attention_mask),) = tower.read([pieces])
    torch.testing.assert_close(hidden_states, data[f"expected.{row['id']}"], atol=TOLERANCE, rtol=0)
    assert attention_mask.sum() == read.length
