"""ComfyUI's weights: its segments, the rows that T5 reads of them, and hostile brackets."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mezzotint.compiler.ir import Break, Segment
from mezzotint.compiler.passes.attention_comfy import attention_comfy
from mezzotint.compiler.tokens.t5 import t5_tokenizer
from mezzotint.compiler.tokens.t5_row import fill_row


@given(st.text("((()))\\:1. ab", max_size=40))
def test_segments_come_in_order_from_where_their_spans_say(text: str) -> None:
    found = attention_comfy(text)
    spans = [s.span for s in found if s.span]
    assert len(spans) == len(found)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    for segment, span in zip(found, spans, strict=True):
        assert text[span.start : span.end].replace("\\(", "(").replace("\\)", ")") == segment.text


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000,
        ")" * 10_000,
        "(" * 10_000 + "a" + ")" * 10_000,
        "(a" * 10_000 + ")" * 9_999,
        ")(" * 10_000,
    ],
    ids=["open", "close", "nested", "one unclosed", "inverted"],
)
def test_brackets_of_any_depth_are_read(text: str) -> None:
    assert attention_comfy(text)


def test_a_row_is_cut_before_its_end_mark_and_padded_after_it() -> None:
    pieces = (Segment("a cat", 1.0), Break(), Segment("dog", 1.5))
    whole = fill_row(pieces, t5_tokenizer(), min_length=7)
    assert whole.tokens == (3, 9, 1712, 1782, 1, 0, 0)
    assert whole.weights == (1.0, 1.0, 1.0, 1.5, 1.0, 1.0, 1.0)
    assert [s.text if s else None for s in whole.sources] == ["a cat"] * 3 + ["dog"] + [None] * 3
    assert whole.length == 5
    assert not whole.is_neutral
    short = fill_row(pieces, t5_tokenizer(), min_length=3, max_length=3)
    assert (short.tokens, short.length, short.is_neutral) == ((3, 9, 1), 3, True)
    assert fill_row((), t5_tokenizer()).tokens == (1,)
