"""The suites of tokens and chunks: each function gives what a row expects and what we get."""

from mezzotint.compiler.ir import Emphasis
from mezzotint.compiler.lower import pieces
from mezzotint.compiler.passes.chunk import COMMA_PADDING_BACKTRACK, EmbeddingNames
from mezzotint.compiler.passes.chunk import chunk as chunk_pass
from mezzotint.compiler.passes.chunk_old import chunk_old
from mezzotint.compiler.passes.mapped import Mapped
from mezzotint.compiler.tokens.clip import clip_tokenizer, open_clip_tokenizer
from mezzotint.conformance.result import Pair, Row, exact

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
