"""The suites of tokens and chunks: each function gives what a row expects and what we get."""

import math
from typing import Any

from mezzotint.compiler.ir import Emphasis
from mezzotint.compiler.lower import pieces
from mezzotint.compiler.passes.attention_comfy import attention_comfy
from mezzotint.compiler.passes.chunk import COMMA_PADDING_BACKTRACK, EmbeddingNames
from mezzotint.compiler.passes.chunk import chunk as chunk_pass
from mezzotint.compiler.passes.chunk_old import chunk_old
from mezzotint.compiler.passes.mapped import Mapped
from mezzotint.compiler.tokens.clip import clip_tokenizer, open_clip_tokenizer
from mezzotint.compiler.tokens.t5 import t5_tokenizer
from mezzotint.compiler.tokens.t5_row import fill_row
from mezzotint.conformance.result import Pair, Row, exact

_T5_LENGTHS = {"t5_sd3": 77, "t5_flux": 256}
_TOKENIZERS = {"l": clip_tokenizer, "g": open_clip_tokenizer}


def _emphasis(row: Row) -> Emphasis:
    return Emphasis(row.get("emphasis", Emphasis.ORIGINAL))


@exact
def chunks(row: Row) -> Pair:
    """Text to chunks of token ids and weights, with the places of embeddings."""
    tokenizer = _TOKENIZERS[row.get("encoder", "l")]()
    found = chunk_pass(
        pieces(Mapped(row["prompt"]), _emphasis(row)),
        tokenizer,
        comma_padding_backtrack=row.get("comma_padding_backtrack", COMMA_PADDING_BACKTRACK),
        embeddings=EmbeddingNames(row.get("embeddings", {}), tokenizer),
    )
    expected = [[c["tokens"], c["multipliers"], c.get("fixes", [])] for c in row["expect_chunks"]]
    got = [[list(c.tokens), list(c.multipliers), [list(fix) for fix in c.fixes]] for c in found.chunks]
    return [expected, row["token_count"]], [got, found.token_count]


@exact
def chunks_old(row: Row) -> Pair:
    """The same with the old emphasis implementation."""
    found = chunk_old(row["prompt"], clip_tokenizer(), emphasis=_emphasis(row))
    expected = [[row["expect_tokens"], row["expect_multipliers"]], row["token_count"]]
    (got,) = found.chunks
    return expected, [[list(got.tokens), list(got.multipliers)], found.token_count]


@exact
def comfy_tokens(row: Row) -> Pair:
    """ComfyUI's weighted segments, and the tokens and weights that its T5 gets; its CLIP is not built."""
    segments = attention_comfy(row["prompt"])
    got: dict[str, Any] = {"segments": [[s.text, _weight(s.weight)] for s in segments]}
    expected: dict[str, Any] = {"segments": row["segments"]}
    for name, min_length in _T5_LENGTHS.items():
        if name in row:  # the reference cannot encode all of the prompts
            ((found, pad),) = [(r, row[name]["pad"]) for r in row[name]["rows"]]
            expected[name] = [row[name]["lengths"], _unpadded([pair[:2] for pair in found], pad)]
            filled = fill_row(segments, t5_tokenizer(), min_length=min_length)
            pairs = [[t, _weight(w)] for t, w in zip(filled.tokens, filled.weights, strict=True)]
            got[name] = [[len(pairs)], _unpadded(pairs, pad)]
    return expected, got


def _weight(weight: float) -> float | str:
    """As the suite writes it: JSON has no infinity."""
    return weight if math.isfinite(weight) else str(weight)


def _unpadded(pairs: list[list[Any]], pad: int) -> list[list[Any]]:
    end = len(pairs)
    while end and pairs[end - 1] == [pad, 1.0]:
        end -= 1
    return pairs[:end]
