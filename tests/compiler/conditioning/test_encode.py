"""Encoding programs: what is encoded how often, and what the tensors may depend on."""

from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor
from transformers import CLIPTextConfig
from transformers.models.clip.modeling_clip import CLIPTextModel, CLIPTextModelWithProjection

from mezzotint.compiler.conditioning.clip import ClipEncoder, encode_program
from mezzotint.compiler.conditioning.embeddings import Embedding
from mezzotint.compiler.conditioning.sdxl import SdxlEncoder
from mezzotint.compiler.conditioning.types import Conditioning
from mezzotint.compiler.ir import A1111Weights, Emphasis
from mezzotint.compiler.lower import compile_prompt
from mezzotint.compiler.passes.chunk import END_ID, START_ID
from mezzotint.compiler.passes.clock import Clock
from mezzotint.compiler.tokens.clip import clip_tokenizer
from mezzotint.grammar.errors import MezzotintError

SIZES: dict[str, Any] = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "projection_dim": 16,
    "bos_token_id": START_ID,
    "eos_token_id": END_ID,
}


@pytest.fixture(scope="module")
def text_model() -> CLIPTextModel:
    torch.manual_seed(0)
    return CLIPTextModel(CLIPTextConfig(**SIZES)).eval()


@pytest.fixture(scope="module")
def text_model_2() -> CLIPTextModelWithProjection:
    torch.manual_seed(1)
    return CLIPTextModelWithProjection(CLIPTextConfig(**SIZES)).eval()


class Calls:
    """The inputs that a text model is called with while the test runs."""

    def __init__(self, model: Any) -> None:
        self.inputs: list[Tensor] = []
        self.hook = model.register_forward_pre_hook(lambda _, args: self.inputs.append(args[0]))

    def __enter__(self) -> "Calls":
        return self

    def __exit__(self, *_: object) -> None:
        self.hook.remove()


class StockTokenizer:
    """The interface of a transformers tokenizer over the ids of ours, for stock diffusers."""

    model_max_length = 77

    def __call__(self, text: str | list[str], **_: object) -> Any:
        texts = [text] if isinstance(text, str) else text
        rows = [[START_ID, *clip_tokenizer().encode(t), END_ID] for t in texts]
        padded = torch.tensor([row + [END_ID] * (77 - len(row)) for row in rows])
        return SimpleNamespace(input_ids=padded, attention_mask=None)


def tensors(conditioning: Conditioning) -> list[Tensor]:
    branches = (*conditioning.positive, conditioning.negative)
    return [e.hidden_states for branch in branches for e in branch.timeline]


@pytest.mark.parametrize("clip_skip", [1, 2])
def test_plain_prompts_are_bit_for_bit_those_of_stock_diffusers(
    text_model: CLIPTextModel, clip_skip: int
) -> None:
    from diffusers import StableDiffusionPipeline

    # transformers 5 has no `text_model` inside the model any more; diffusers 0.42 asks for it on clip skip.
    stock = text_model if hasattr(text_model, "text_model") or clip_skip == 1 else _WithTextModel(text_model)
    pipeline = SimpleNamespace(
        text_encoder=stock, tokenizer=StockTokenizer(), unet=None, _optional_components=[]
    )
    with torch.no_grad():
        expected = StableDiffusionPipeline.encode_prompt(
            pipeline,
            "a red cat, on a mat",
            torch.device("cpu"),
            1,
            True,
            "blurry",
            clip_skip=None if clip_skip == 1 else clip_skip - 1,
        )
    program = compile_prompt("a red cat, on a mat", "blurry")
    found = encode_program(program, ClipEncoder(text_model), clip_skip=clip_skip)
    assert torch.equal(found.positive[0].timeline[0].hidden_states, expected[0][0])
    if clip_skip == 1:  # stock diffusers leaves the negative prompt at the last layer
        assert torch.equal(found.negative.timeline[0].hidden_states, expected[1][0])


class _WithTextModel:
    def __init__(self, model: CLIPTextModel) -> None:
        self.text_model, self.config, self.dtype = model, model.config, model.dtype

    def __call__(self, *args: Any, **options: Any) -> Any:
        return self.text_model(*args, **options)


def test_each_distinct_chunk_is_encoded_once(text_model: CLIPTextModel) -> None:
    program = compile_prompt("[a|b] cat AND [a|b] (cat:1.2) BREAK a cat", "a cat", clock=Clock(6))
    with Calls(text_model) as calls:
        encoding = encode_program(program, ClipEncoder(text_model))
    read = [tuple(row) for ids in calls.inputs for row in ids.tolist()]
    assert len(read) == len(set(read)) == 2  # "a cat", "b cat": weights play no part in the encoder
    assert [e.hidden_states.shape[0] for e in encoding.positive[1].timeline] == [154] * 6


def test_a_prompt_does_not_depend_on_its_company(text_model: CLIPTextModel) -> None:
    encoder = ClipEncoder(text_model)
    alone = encode_program(compile_prompt("a (cat:1.3)"), encoder, cache=None)
    others = " AND ".join(f"dog {i} BREAK sky {i}" for i in range(9))
    company = encode_program(compile_prompt(f"a (cat:1.3) AND {others}", "x"), encoder, cache=None)
    assert torch.equal(tensors(alone)[0], tensors(company)[0])


def test_nor_does_it_where_batches_move_bits() -> None:
    # Of this size (one block of OpenCLIP-H) batches of two differ from single rows with 2 threads, on some
    # machines.
    sizes = SIZES | {"hidden_size": 1024, "intermediate_size": 4096, "num_hidden_layers": 1}
    encoder = ClipEncoder(CLIPTextModel(CLIPTextConfig(**sizes)).eval())
    texts = [f"cat {i}" for i in range(4)]
    torch.set_num_threads(2)
    try:
        together = tensors(encode_program(compile_prompt(" AND ".join(texts), "x"), encoder, cache=None))
        alone = [tensors(encode_program(compile_prompt(t, t), encoder, cache=None))[0] for t in texts]
    finally:
        torch.set_num_threads(1)
    assert all(torch.equal(a, b) for a, b in zip(alone, together, strict=False))


def test_weights_of_a_schedule_share_one_mean(text_model: CLIPTextModel) -> None:
    plain, weighted = (
        encode_program(compile_prompt(f"[{text}:b:5]"), ClipEncoder(text_model)).positive[0].timeline[1]
        for text in ("a", "(a:1.5)")
    )
    ratio = weighted.hidden_states / plain.hidden_states
    assert not torch.allclose(ratio, torch.ones(()), atol=1e-5)
    assert torch.allclose(ratio, ratio[0, 0], atol=1e-4)


def test_half_precision_is_kept(text_model: CLIPTextModel) -> None:
    config = text_model.config
    half = CLIPTextModel(config).to(torch.bfloat16).eval()
    found = encode_program(compile_prompt("a (cat:1.3)"), ClipEncoder(half))
    assert {t.dtype for t in tensors(found)} == {torch.bfloat16}


def test_skipping_more_than_there_is_is_refused(text_model: CLIPTextModel) -> None:
    encode_program(compile_prompt("a"), ClipEncoder(text_model), clip_skip=4)
    with pytest.raises(MezzotintError, match="this text encoder has 1 to 4"):
        encode_program(compile_prompt("a"), ClipEncoder(text_model), clip_skip=5)


def test_no_gradient_is_recorded(text_model: CLIPTextModel) -> None:
    found = encode_program(compile_prompt("a (b:2)"), ClipEncoder(text_model))
    assert not any(t.requires_grad for t in tensors(found))


def test_an_embedding_writes_its_vectors(text_model: CLIPTextModel) -> None:
    table = text_model.get_input_embeddings().weight.detach()
    (cat,) = clip_tokenizer().encode("cat")
    embeddings = [Embedding("neon", (table[[cat, cat]].clone(),))]
    named = encode_program(compile_prompt("a NEON b"), ClipEncoder(text_model, embeddings=embeddings))
    spelled = encode_program(compile_prompt("a cat cat b"), ClipEncoder(text_model))
    assert torch.equal(tensors(named)[0], tensors(spelled)[0])
    assert not text_model.get_input_embeddings()._forward_hooks


def test_an_embedding_for_another_model_is_refused(text_model: CLIPTextModel) -> None:
    with pytest.raises(MezzotintError, match='"neon" was made for text encoders of'):
        ClipEncoder(text_model, embeddings=[Embedding("neon", (torch.zeros(1, 768),))])


def test_sd2_pads_with_zeros_and_ignores_clip_skip(text_model: CLIPTextModel) -> None:
    with Calls(text_model) as calls:
        first = encode_program(compile_prompt("a"), ClipEncoder.sd2(text_model))
    assert calls.inputs[0][0, :4].tolist() == [START_ID, 320, END_ID, 0]
    second = encode_program(compile_prompt("a"), ClipEncoder.sd2(text_model), clip_skip=2)
    assert torch.equal(tensors(first)[0], tensors(second)[0])
    with pytest.raises(MezzotintError, match="only: switch it off"):
        encode_program(
            compile_prompt("a", interpretation=A1111Weights(old=True)), ClipEncoder.sd2(text_model)
        )


def test_sdxl_zeroes_an_empty_negative_only(
    text_model: CLIPTextModel, text_model_2: CLIPTextModelWithProjection
) -> None:
    encoder = SdxlEncoder(text_model, text_model_2)
    empty, blank = (encode_program(compile_prompt("", text), encoder) for text in ("", " "))
    for found, is_zero in ((empty.negative, True), (blank.negative, False), (empty.positive[0], False)):
        (entry,) = found.timeline
        assert entry.hidden_states.shape == (77, 64)
        assert entry.pooled is not None
        assert entry.pooled.shape == (16,)
        assert bool(entry.hidden_states.any()) is bool(entry.pooled.any()) is not is_zero


def test_sdxl_evens_out_what_its_tokenizers_cut_differently(
    text_model: CLIPTextModel, text_model_2: CLIPTextModelWithProjection
) -> None:
    # Next to "<" only OpenCLIP reads the entities: one token each, three for CLIP-L.
    program = compile_prompt("< " + "&gt; " * 40)
    found = encode_program(program, SdxlEncoder(text_model, text_model_2))
    assert found.positive[0].timeline[0].hidden_states.shape == (154, 64)


def test_emphasis_none_reads_brackets_as_text(text_model: CLIPTextModel) -> None:
    with Calls(text_model) as calls:
        encode_program(
            compile_prompt("(a BREAK b:2)", interpretation=A1111Weights(Emphasis.NONE)),
            ClipEncoder(text_model),
        )
    ids = clip_tokenizer().encode("(a BREAK b:2)")
    assert calls.inputs[0][0, 1 : 1 + len(ids)].tolist() == ids
