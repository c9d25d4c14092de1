"""Chunks: what holds for any text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mezzotint.compiler.ir import Break, Piece, Segment
from mezzotint.compiler.passes.chunk import CHUNK_LENGTH, END_ID, START_ID, EmbeddingNames, chunk, empty_chunk
from mezzotint.compiler.passes.chunk_old import chunk_old
from mezzotint.compiler.tokens.clip import clip_tokenizer, open_clip_tokenizer
from mezzotint.grammar.errors import MezzotintError

TOKENIZERS = {"l": clip_tokenizer(), "g": open_clip_tokenizer()}


def test_old_emphasis_knows_embeddings() -> None:
    names = EmbeddingNames({"neon": 2}, TOKENIZERS["l"])
    (got,) = chunk_old("a (neon) b", TOKENIZERS["l"], embeddings=names).chunks
    assert got.tokens[:5] == (START_ID, 320, 0, 0, 321)
    assert got.multipliers[:5] == (1.0, 1.0, 1.1, 1.1, 1.0)
    assert got.fixes == ((1, "neon"),)


WORDS = st.lists(st.sampled_from(["a", "cat,", ",", "unbelievable", "sky, sea"]), max_size=40).map(" ".join)
PIECES = st.lists(
    st.builds(Segment, WORDS, st.sampled_from([0.0, 1.0, 1.3, -1.0])) | st.just(Break()), max_size=8
)


@given(PIECES, st.integers(0, 75))
def test_no_token_is_lost_or_moved(text: list[Piece], backtrack: int) -> None:
    found = chunk(text, TOKENIZERS["l"], comma_padding_backtrack=backtrack)
    expected = [
        (token, piece)
        for piece in text
        if isinstance(piece, Segment)
        for token in TOKENIZERS["l"].encode(piece.text)
    ]
    got = []
    for one in found.chunks:
        assert len(one.tokens) == len(one.multipliers) == len(one.sources) == CHUNK_LENGTH + 2
        assert one.tokens[0] == START_ID
        assert one.tokens[-1] == END_ID
        for token, weight, source in zip(one.tokens, one.multipliers, one.sources, strict=True):
            assert weight == (1.0 if source is None else source.weight)
            if source is not None:
                got.append((token, source))
    assert got == expected
    assert found.chunks


def test_open_clip_padding_begins_after_the_first_end_mark() -> None:
    (found,) = chunk([Segment("a <end_of_text> b", 1.0)], TOKENIZERS["g"]).chunks
    padded = found.pad_with(0)
    assert padded.tokens == (START_ID, 320, END_ID, *[0] * 74)
    assert found.pad_with(END_ID) is found
    assert empty_chunk().pad_with(0).tokens == (START_ID, END_ID, *[0] * 75)


def test_the_longest_name_wins_and_case_does_not_matter() -> None:
    names = EmbeddingNames({"bad": 1, "bad hands": 2, "BAD": 3, "!!!": 1, "": 4}, TOKENIZERS["l"])
    (found,) = chunk([Segment("Bad  Hands bad badly", 1.0)], TOKENIZERS["l"], embeddings=names).chunks
    assert [fix.name for fix in found.fixes] == ["bad hands", "bad"]


def test_an_embedding_longer_than_a_chunk_is_refused() -> None:
    with pytest.raises(MezzotintError, match='"huge" has 76 vectors'):
        EmbeddingNames({"huge": 76}, TOKENIZERS["l"])
