"""Optimized prompts condition a model with the same tensors, to the last bit, at each step."""

from typing import Any

import pytest
import torch
from torch import Tensor
from transformers import CLIPTextConfig
from transformers.models.clip.modeling_clip import CLIPTextModel, CLIPTextModelWithProjection

from mezzotint.compiler.conditioning.clip import ClipEncoder, Encoder, encode_program
from mezzotint.compiler.conditioning.sdxl import SdxlEncoder
from mezzotint.compiler.lower import HiresPrompts, compile_prompt
from mezzotint.compiler.optimizations.optimize import optimize_prompt
from mezzotint.compiler.passes.chunk import END_ID, START_ID
from mezzotint.compiler.passes.clock import Clock

STEPS, HIRES_STEPS = 12, 5
SIZES: dict[str, Any] = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "projection_dim": 16,
    "bos_token_id": START_ID,
    "eos_token_id": END_ID,
}
LONG = ", ".join(f"word {number}" for number in range(40))
PROMPTS = [
    "a  (red:1.2) (cat:1.2), ((dog)), (((sun:1):1) sky:1.3) ()",
    "[a|b|a|b] (cat:1.1), [cat:dog:0] [x:y:50]",
    "a [red:red:0.5] cat, [big|big] hat, [old:new:0.3]",
    "((cat:1.2)) [fog:(mist:1.3):4] BREAK (a:1)  b BREAK",
    f"{LONG}, (very:1.1) (very:1.1) {LONG} [cat:{LONG}:90]",
    f"a  cat :0.7 AND [wet:{LONG}:0] dog (x:1.0) :1.4 AND",
]


@pytest.fixture(scope="module")
def encoders() -> list[Encoder]:
    torch.manual_seed(0)
    first = CLIPTextModel(CLIPTextConfig(**SIZES)).eval()
    second = CLIPTextModelWithProjection(CLIPTextConfig(**SIZES)).eval()
    return [ClipEncoder(first), SdxlEncoder(first, second)]


def tensors(prompt: str, negative: str, encoder: Encoder) -> list[Tensor]:
    """All that the model is conditioned with, evaluation by evaluation, in both passes."""
    program = compile_prompt(prompt, negative, clock=Clock(STEPS), hires=HiresPrompts(HIRES_STEPS))
    found = []
    for one in filter(None, (program, program.hires)):
        encoded = encode_program(one, encoder, cache=None)
        for branch in (*encoded.positive, encoded.negative):
            entries = [branch.at(step) for step in range(one.steps)]
            found += [t for e in entries for t in (e.hidden_states, e.pooled) if t is not None]
        found.append(torch.tensor([branch.weight for branch in encoded.positive]))
    return found


@pytest.mark.parametrize("prompt", PROMPTS)
@pytest.mark.parametrize("are_known", [False, True])
@torch.inference_mode()
def test_tensors_are_the_same(encoders: list[Encoder], prompt: str, are_known: bool) -> None:
    steps, hires_steps = (STEPS, HIRES_STEPS) if are_known else (None, None)
    positive = optimize_prompt(prompt, steps=steps, hires_steps=hires_steps)
    negative = optimize_prompt(prompt, negative=True, steps=steps, hires_steps=hires_steps)
    assert positive.applied
    assert negative.applied
    for encoder in encoders:
        before = tensors(prompt, prompt, encoder)
        after = tensors(positive.text, negative.text, encoder)
        assert len(before) == len(after)
        assert all(map(torch.equal, before, after))


@torch.inference_mode()
def test_what_stays_would_change_the_last_bits(encoders: list[Encoder]) -> None:
    prompt, shorter = "a [red:red:0.5] (cat:1.3), [old:new:0.3]", "a red (cat:1.3), [old:new:0.3]"
    assert optimize_prompt(prompt, steps=STEPS).text == prompt
    before, after = (tensors(text, "", encoders[0]) for text in (prompt, shorter))
    assert not all(map(torch.equal, before, after))
