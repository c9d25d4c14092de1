"""SD 3, FLUX.1 and PixArt: the tensors of stock diffusers at weight 1, and what weights change."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor
from transformers import CLIPTextConfig, T5Config
from transformers.models.clip.modeling_clip import CLIPTextModel, CLIPTextModelWithProjection
from transformers.models.t5.modeling_t5 import T5EncoderModel

from mezzotint.compiler.conditioning.cache import SHARED, Cache
from mezzotint.compiler.conditioning.flux import FluxEncoder
from mezzotint.compiler.conditioning.pixart import PixArtEncoder
from mezzotint.compiler.conditioning.sd3 import Sd3Encoder, Widths
from mezzotint.compiler.conditioning.t5 import T5Tower, blend
from mezzotint.compiler.conditioning.types import EncodedBranch
from mezzotint.compiler.ir import A1111Weights, Emphasis, Program
from mezzotint.compiler.lower import compile_prompt
from mezzotint.compiler.passes.chunk import END_ID, START_ID
from mezzotint.compiler.passes.clock import Clock
from mezzotint.compiler.tokens.clip import clip_tokenizer
from mezzotint.compiler.tokens.t5 import t5_tokenizer
from mezzotint.grammar.errors import MezzotintError

CPU = torch.device("cpu")
LONG = "a red cat, on a naïve mat, " * 60
PROMPTS = ["", "A red cat, on a Mat", " two  blanks\n&amp; “quotes” 猫", LONG]
T5_SIZES: dict[str, Any] = {
    "d_model": 48,
    "d_kv": 8,
    "d_ff": 64,
    "num_layers": 2,
    "num_heads": 4,
    "feed_forward_proj": "gated-gelu",
    "vocab_size": 32128,
    "is_encoder_decoder": False,
}
CLIP_SIZES: dict[str, Any] = {
    "intermediate_size": 64,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "bos_token_id": START_ID,
    "eos_token_id": END_ID,
}


def clip_config(width: int) -> CLIPTextConfig:
    return CLIPTextConfig(hidden_size=width, projection_dim=width, **CLIP_SIZES)


@pytest.fixture(scope="module")
def t5() -> T5EncoderModel:
    torch.manual_seed(0)
    return T5EncoderModel(T5Config(**T5_SIZES)).eval()


@pytest.fixture(scope="module")
def clip_l() -> CLIPTextModelWithProjection:
    torch.manual_seed(1)
    return CLIPTextModelWithProjection(clip_config(16)).eval()


@pytest.fixture(scope="module")
def clip_g() -> CLIPTextModelWithProjection:
    torch.manual_seed(2)
    return CLIPTextModelWithProjection(clip_config(24)).eval()


@pytest.fixture(scope="module")
def clip_pooled() -> CLIPTextModel:
    torch.manual_seed(3)
    return CLIPTextModel(clip_config(16)).eval()


class StockTokenizer:
    """The interface of a transformers tokenizer over the ids of ours, for stock diffusers."""

    model_max_length = 77

    def __init__(self, encode: Any, *, start: list[int], end: int, filler: int) -> None:
        self.encode_text, self.start, self.end, self.filler = encode, start, end, filler

    def __call__(self, text: str | list[str], *, max_length: int = 0, padding: str = "", **_: object) -> Any:
        texts = [text] if isinstance(text, str) else text
        rows = [self.start + self.encode_text(t) for t in texts]
        if padding == "longest":
            max_length = max(map(len, rows)) + 1
        rows = [[*row[: max_length - 1], self.end] for row in rows]
        mask = [[1] * len(row) + [0] * (max_length - len(row)) for row in rows]
        rows = [row + [self.filler] * (max_length - len(row)) for row in rows]
        return SimpleNamespace(input_ids=torch.tensor(rows), attention_mask=torch.tensor(mask))

    def batch_decode(self, ids: Tensor) -> list[str]:
        return [str(row.tolist()) for row in ids]


T5_STOCK = StockTokenizer(t5_tokenizer().encode, start=[], end=1, filler=0)
L_STOCK = StockTokenizer(clip_tokenizer().encode, start=[START_ID], end=END_ID, filler=END_ID)
G_STOCK = StockTokenizer(clip_tokenizer().encode, start=[START_ID], end=END_ID, filler=0)


class Stand:
    """A pipeline's parts, and its methods where they are not overlaid."""

    def __init__(self, pipeline: Any, **parts: Any) -> None:
        self._pipeline = pipeline
        self.tokenizer_max_length = 77
        self.__dict__.update(parts)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pipeline, name).__get__(self)


def stock(pipeline: Any, prompt: str, options: dict[str, Any], **parts: Any) -> Any:
    with torch.no_grad():
        return pipeline.encode_prompt(Stand(pipeline, **parts), prompt, **options)


def pair(prompt: str, negative: str = "") -> Program:
    # The text as it is: A1111 reads its brackets and backslashes as structure, diffusers as text.
    return compile_prompt(prompt, negative, interpretation=A1111Weights(Emphasis.NONE))


def entry(branch: EncodedBranch) -> Any:
    (only,) = branch.timeline
    return only


@pytest.mark.parametrize("length", [256, 77])
@pytest.mark.parametrize("prompt", PROMPTS)
def test_sd3_is_stock(clip_l: Any, clip_g: Any, t5: Any, prompt: str, length: int) -> None:
    from diffusers import StableDiffusion3Pipeline

    expected = stock(
        StableDiffusion3Pipeline,
        prompt,
        {
            "prompt_2": None,
            "prompt_3": None,
            "device": CPU,
            "negative_prompt": "Blurry",
            "max_sequence_length": length,
        },
        tokenizer=L_STOCK,
        tokenizer_2=G_STOCK,
        tokenizer_3=T5_STOCK,
        text_encoder=clip_l,
        text_encoder_2=clip_g,
        text_encoder_3=t5,
    )
    found = Sd3Encoder(clip_l, clip_g, t5, max_sequence_length=length).encode(pair(prompt, "Blurry"))
    for branch, states, pooled in ((found.positive[0], 0, 2), (found.negative, 1, 3)):
        assert torch.equal(entry(branch).hidden_states, expected[states][0])
        assert torch.equal(entry(branch).pooled, expected[pooled][0])


def test_sd3_without_t5_is_stock(clip_l: Any, clip_g: Any) -> None:
    from diffusers import StableDiffusion3Pipeline

    expected = stock(
        StableDiffusion3Pipeline,
        "a cat",
        {"prompt_2": None, "prompt_3": None, "device": CPU},
        tokenizer=L_STOCK,
        tokenizer_2=G_STOCK,
        text_encoder=clip_l,
        text_encoder_2=clip_g,
        text_encoder_3=None,
        transformer=SimpleNamespace(config=SimpleNamespace(joint_attention_dim=48)),
    )
    found = entry(Sd3Encoder(clip_l, clip_g, None, widths=Widths(t5=48)).encode(pair("a cat")).positive[0])
    assert torch.equal(found.hidden_states, expected[0][0])
    assert torch.equal(found.pooled, expected[2][0])


def test_a_missing_clip_leaves_zeros_in_its_place(clip_l: Any, clip_g: Any, t5: Any) -> None:
    whole = entry(Sd3Encoder(clip_l, clip_g, t5).encode(pair("a cat")).positive[0])
    widths = Widths(16, 24, 48)
    for models, kept in (((None, clip_g, t5), slice(16, 40)), ((clip_l, None, t5), slice(0, 16))):
        found = entry(Sd3Encoder(*models, widths=widths).encode(pair("a cat")).positive[0])
        assert torch.equal(found.hidden_states[:77, kept], whole.hidden_states[:77, kept])
        assert torch.equal(found.hidden_states[77:], whole.hidden_states[77:])
        assert torch.equal(found.pooled[kept], whole.pooled[kept])
        assert found.hidden_states[:77].count_nonzero() == 77 * (kept.stop - kept.start)
        assert found.pooled.count_nonzero() == kept.stop - kept.start
    with pytest.raises(MezzotintError, match="no text encoder is left"):
        Sd3Encoder(None, None, None)


@pytest.mark.parametrize("length", [512, 256])
@pytest.mark.parametrize("prompt", PROMPTS)
def test_flux_is_stock(clip_pooled: Any, t5: Any, prompt: str, length: int) -> None:
    from diffusers import FluxPipeline

    expected = stock(
        FluxPipeline,
        prompt,
        {"prompt_2": None, "device": CPU, "max_sequence_length": length},
        tokenizer=L_STOCK,
        tokenizer_2=T5_STOCK,
        text_encoder=clip_pooled,
        text_encoder_2=t5,
    )
    found = entry(FluxEncoder(clip_pooled, t5, max_sequence_length=length).encode(pair(prompt)).positive[0])
    assert torch.equal(found.hidden_states, expected[0][0])
    assert torch.equal(found.pooled, expected[1][0])


@pytest.mark.parametrize("length", [120, 300])
@pytest.mark.parametrize("prompt", PROMPTS)
def test_pixart_is_stock(t5: Any, prompt: str, length: int) -> None:
    from diffusers import PixArtAlphaPipeline, PixArtSigmaPipeline

    states, mask, negative, negative_mask = stock(
        PixArtAlphaPipeline if length == 120 else PixArtSigmaPipeline,
        prompt,
        {"negative_prompt": "Blurry", "device": CPU, "max_sequence_length": length},
        tokenizer=T5_STOCK,
        text_encoder=t5,
    )
    found = PixArtEncoder(t5, max_sequence_length=length).encode(pair(prompt, "Blurry"))
    for branch, hidden, attention in (
        (found.positive[0], states, mask),
        (found.negative, negative, negative_mask),
    ):
        assert torch.equal(entry(branch).hidden_states, hidden[0])
        assert torch.equal(entry(branch).attention_mask, attention[0])


@pytest.fixture
def rows(t5: Any) -> Iterator[list[list[int]]]:
    """The rows that T5 reads while a test runs."""
    seen: list[list[int]] = []
    hook = t5.register_forward_pre_hook(lambda _, args: seen.extend(args[0].tolist()))
    yield seen
    hook.remove()


def test_brackets_never_reach_t5(clip_pooled: Any, t5: Any, rows: list[list[int]]) -> None:
    program = compile_prompt(
        "a [cat:dog:5] BREAK (very red:1.3) <lora:x:1> \\(b\\) AND [c|d]", "((e))", clock=Clock(10)
    )
    FluxEncoder(clip_pooled, t5).encode(program)
    texts = [t5_tokenizer().decode([t for t in row if t > 1]) for row in rows]
    assert sorted(texts) == sorted({"a cat very red (b)", "a dog very red (b)", "c", "d", "e", ""})


def test_each_distinct_row_is_encoded_once(clip_pooled: Any, t5: Any, rows: list[list[int]]) -> None:
    FluxEncoder(clip_pooled, t5).encode(compile_prompt("[a|(a:1.2)] AND (a:1.5)", "a", clock=Clock(8)))
    assert len(rows) == 2  # "a" and, for its weights, the empty text


def test_rows_are_remembered_but_for_other_masks(t5: Any, rows: list[list[int]]) -> None:
    def states(encoder: Any, cache: Cache | None = SHARED) -> Tensor:
        found: Tensor = entry(
            encoder.encode(compile_prompt("a (cat:1.5)"), cache=cache).positive[0]
        ).hidden_states
        return found

    masked = PixArtEncoder(t5)
    first = states(masked)
    assert len(rows) == 2  # and the empty prompt, which is the negative one, too
    assert torch.equal(states(masked), first)
    assert len(rows) == 2
    assert torch.equal(states(masked, None), first)
    assert len(rows) == 4
    T5Tower(t5, 120, 120, masked.tower.tokenizer).read(
        [compile_prompt("a (cat:1.5)").negative.timeline[0].pieces]
    )
    assert len(rows) == 5


def test_weights_move_only_their_tokens(t5: Any) -> None:
    encoder = PixArtEncoder(t5)
    plain, heavy, ignored = (
        entry(encoder.encode(program).positive[0]).hidden_states
        for program in (
            compile_prompt("a (red:1.0001) cat"),  # segments as below
            compile_prompt("a (red:1.5) cat"),
            compile_prompt("a (red:1.5) cat", interpretation=A1111Weights(Emphasis.IGNORE)),
        )
    )
    empty = entry(encoder.encode(compile_prompt("")).positive[0]).hidden_states
    moved = torch.nonzero((heavy != ignored).any(-1)).flatten().tolist()
    assert moved == [2]  # "▁", "a", "▁red", "▁cat"
    assert torch.allclose(heavy[2], empty[2] + 1.5 * (ignored[2] - empty[2]), atol=1e-6)
    assert torch.allclose(plain, ignored, atol=1e-3)


def test_sd3_weights_follow_the_emphasis(clip_l: Any, clip_g: Any, t5: Any) -> None:
    encoder = Sd3Encoder(clip_l, clip_g, t5)
    by_mode = {
        mode: entry(
            encoder.encode(compile_prompt("a (red:1.5) cat", interpretation=A1111Weights(mode))).positive[0]
        )
        for mode in (Emphasis.ORIGINAL, Emphasis.NO_NORM, Emphasis.IGNORE)
    }
    plain = by_mode[Emphasis.IGNORE].hidden_states
    scaled = by_mode[Emphasis.NO_NORM].hidden_states
    assert torch.allclose(scaled[2], plain[2] * 1.5)
    restored = by_mode[Emphasis.ORIGINAL].hidden_states
    assert torch.isclose(restored[:77].mean(), plain[:77].mean())
    assert torch.equal(restored[77:], scaled[77:])
    assert not torch.equal(restored[77:], plain[77:])


def test_sd3_reads_on_in_further_chunks_when_told(clip_l: Any, clip_g: Any, t5: Any) -> None:
    program = compile_prompt("a cat BREAK a dog", "x")
    short, long = (
        Sd3Encoder(clip_l, clip_g, t5, truncates=truncates).encode(program) for truncates in (True, False)
    )
    assert entry(short.positive[0]).hidden_states.shape == (77 + 256, 48)
    assert entry(long.positive[0]).hidden_states.shape == (154 + 256, 48)
    assert entry(long.negative).hidden_states.shape == (77 + 256, 48)
    uneven = compile_prompt("[a|b BREAK c]", clock=Clock(2))
    found = Sd3Encoder(clip_l, clip_g, t5, truncates=False).encode(uneven).positive[0]
    assert [e.hidden_states.shape[0] for e in found.timeline] == [154 + 256] * 2


def test_half_precision_is_kept(t5: Any, clip_pooled: Any) -> None:
    half = T5EncoderModel(t5.config).to(torch.bfloat16).eval()
    found = entry(FluxEncoder(clip_pooled, half).encode(compile_prompt("a (red:1.5) cat")).positive[0])
    assert found.hidden_states.dtype == torch.bfloat16
    assert not found.hidden_states.requires_grad
    assert not found.pooled.requires_grad


def test_blending_checks_its_sizes() -> None:
    states = torch.randn(3, 4)
    assert torch.equal(blend(states, torch.randn(3, 4), [1.0, 1.0, 1.0]), states)
    with pytest.raises(ValueError, match="do not fit"):
        blend(states, states, [1.0])
    with pytest.raises(ValueError, match="do not fit"):
        blend(states, states[:2], [1.0, 1.0, 1.0])
