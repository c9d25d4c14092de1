"""The suites of text conditioning: the reference's own encoders, and ComfyUI's T5."""

from pathlib import Path

import torch
from torch import Tensor

from mezzotint.compiler.conditioning.clip import ClipEncoder, Encoder, encode_program
from mezzotint.compiler.conditioning.embeddings import Embedding
from mezzotint.compiler.conditioning.sdxl import SdxlEncoder
from mezzotint.compiler.conditioning.t5 import T5Tower
from mezzotint.compiler.conditioning.types import EncodedBranch
from mezzotint.compiler.ir import A1111Weights, Branch, Emphasis, Entry, Program
from mezzotint.compiler.lower import pieces
from mezzotint.compiler.passes.attention_comfy import attention_comfy
from mezzotint.compiler.passes.mapped import Mapped
from mezzotint.conformance.result import Check, Result, Row, Skip, Source
from mezzotint.conformance.tensors import TensorFile, compare, compare_all
from mezzotint.conformance.text_models import load_clip, load_t5

ATOL = 1e-4
T5_ATOL = 2e-4
_MIN_LENGTHS = {"t5_sd3_min77": 77, "t5_flux_min256": 256}


def sd1(source: Source) -> Check:
    """The text encoder of SD 1.x."""
    folder = source.path.parent
    model = load_clip(folder, source.device)
    stored = TensorFile(folder / "embeddings.safetensors")
    known = [Embedding(name, (stored[name],)) for name in stored.names()]
    tensors = TensorFile(folder / "tensors.safetensors")

    def check(row: Row) -> Result:
        encoder = ClipEncoder(model, embeddings=known if row.get("embeddings") else ())
        encoded = _encode(row, encoder)
        return compare(tensors[row["id"]], _hidden_states(encoded), atol=ATOL)

    return check


def sdxl(source: Source) -> Check:
    """The two text encoders of SDXL: hidden states side by side, and the pooled vector."""
    folder = source.path.parent
    models = [load_clip(folder / part, source.device) for part in ("text_encoder", "text_encoder_2")]
    stored = TensorFile(folder / "embeddings.safetensors")
    names = sorted({name.rpartition(".")[0] for name in stored.names()})
    known = [Embedding(name, (stored[f"{name}.clip_l"], stored[f"{name}.clip_g"])) for name in names]
    tensors = TensorFile(folder / "tensors.safetensors")

    def check(row: Row) -> Result:
        encoder = SdxlEncoder(
            *models,
            embeddings=known if row.get("embeddings") else (),
            clip_l_skip=row.get("sdxl_clip_l_skip", False),
        )
        encoded = _encode(row, encoder)
        pooled = torch.stack([e.pooled for e in encoded.timeline if e.pooled is not None])
        return compare_all(
            [
                compare(tensors[f"{row['id']}.crossattn"], _hidden_states(encoded), atol=ATOL),
                compare(tensors[f"{row['id']}.pooled"], pooled, atol=ATOL),
            ]
        )

    return check


def misc(source: Source) -> Check:
    """T5 with weights; the other tools' encoders in this suite are not built."""
    folder = source.path.parent
    model = load_t5(_neighbour(folder, "tiny_t5"), source.device)
    tensors = TensorFile(folder / "tensors.safetensors")

    def check(row: Row) -> Result | Skip:
        if row["kind"] not in _MIN_LENGTHS:
            return Skip.NOT_BUILT
        tower = T5Tower(model, _MIN_LENGTHS[row["kind"]], None)
        text = attention_comfy(row["prompt"])
        read = tower.row(text)
        rows = [list(pair) for pair in zip(read.tokens, read.weights, strict=True)]
        if not _same_rows(rows, row["nonpad"]):
            return Result(row["nonpad"], rows[: read.length], is_equal=False)
        ((hidden_states, _mask),) = tower.read([text])
        expected = tensors[f"{row['id']}.cond"]
        return compare(expected, hidden_states.unsqueeze(0), atol=T5_ATOL)

    return check


def _same_rows(rows: list[list[float]], expected: list[list[float]]) -> bool:
    """Whether the tokens are those expected, the weights too up to float32, and padding follows."""
    got, padding = rows[: len(expected)], rows[len(expected) :]
    ids = [token for token, _ in got] == [token for token, _ in expected]
    weights = all(abs(a[1] - b[1]) <= 1e-6 * abs(b[1]) for a, b in zip(got, expected, strict=False))
    return ids and weights and all(pair == [0, 1.0] for pair in padding)


def _neighbour(folder: Path, name: str) -> Path:
    inner = folder / name
    return inner if inner.is_dir() else folder.parent / name


def _encode(row: Row, encoder: Encoder) -> EncodedBranch:
    """The row's prompts, encoded together as the texts of one schedule."""
    weights = A1111Weights(Emphasis(row["emphasis"]), row.get("use_old_emphasis_implementation", False))
    asked, other = _branch(row["prompts"], weights.emphasis), _branch(["a"], weights.emphasis)
    is_negative = row.get("is_negative_prompt", False)
    positive, negative = (other, asked) if is_negative else (asked, other)
    program = Program((positive,), negative, (), 20, weights)
    encoded = encode_program(program, encoder, clip_skip=row["clip_skip"])
    return encoded.negative if is_negative else encoded.positive[0]


def _branch(texts: list[str], emphasis: Emphasis) -> Branch:
    entries = (Entry(i, text, pieces(Mapped(text), emphasis)) for i, text in enumerate(texts))
    return Branch(1.0, tuple(entries))


def _hidden_states(encoded: EncodedBranch) -> Tensor:
    return torch.stack([entry.hidden_states for entry in encoded.timeline])
