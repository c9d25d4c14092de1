"""The tokenizers: cleaning, spans, decoding, and what importing them costs."""

import subprocess
import sys
from itertools import pairwise

import ftfy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mezzotint.compiler.tokens.bpe import END_ID, START_ID, load_vocabulary
from mezzotint.compiler.tokens.clean import fix_text
from mezzotint.compiler.tokens.clip import ClipTokenizer, clip_tokenizer, open_clip_tokenizer
from mezzotint.grammar.errors import MezzotintError

BOTH = pytest.mark.parametrize("tokenizer", [clip_tokenizer(), open_clip_tokenizer()], ids=["l", "g"])
TEXTS = st.text() | st.text(st.sampled_from("aBİﬁé“”&;<>|lt 1!,猫😀\t\n\x00"))


def words(tokenizer: ClipTokenizer, text: str) -> list[str]:
    return [t.text for t in tokenizer.tokens(text)]


def test_importing_and_plain_text_stay_light() -> None:
    code = (
        "import sys, mezzotint.compiler.passes.chunk, mezzotint.compiler.tokens.clip as clip\n"
        "heavy = {'torch', 'numpy', 'transformers', 'ftfy', 'regex'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
        "assert not clip.load_vocabulary.cache_info().currsize\n"
        "clip.clip_tokenizer().encode('a (cat:1.2), <b> 100%\\n')\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
        "clip.clip_tokenizer().encode('a café')\n"
        "assert heavy & set(sys.modules) == {'ftfy', 'regex'}\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_vocabulary_has_the_published_ids() -> None:
    tokenizer = clip_tokenizer()
    assert tokenizer.encode("!") == [256]
    assert tokenizer.encode("a photo of a cat, jekyll") == [320, 1125, 539, 320, 2368, 267, 49405]
    assert len(load_vocabulary().spellings()) == START_ID


def test_every_word_of_the_vocabulary_is_reached_by_its_merges() -> None:
    vocabulary = load_vocabulary()
    for spelling in vocabulary.spellings():
        if spelling.endswith("</w>"):
            stem = spelling.removesuffix("</w>")
            assert vocabulary._merge([*stem[:-1], stem[-1] + "</w>"]) == [spelling]


def merge_plainly(parts: list[str]) -> list[str]:
    """The textbook loop: find the best pair, merge each of its occurrences, repeat."""
    ranks = load_vocabulary()._ranks
    while True:
        pairs = [f"{a} {b}" for a, b in pairwise(parts)]
        best = min(pairs, key=lambda pair: ranks.get(pair, len(ranks)), default=None)
        if best not in ranks:
            return parts
        merged: list[str] = []
        at = 0
        while at < len(parts):
            width = 2 if at < len(pairs) and pairs[at] == best else 1
            merged.append("".join(parts[at : at + width]))
            at += width
        parts = merged


@given(st.text("abcdefghijklmnop", min_size=1) | st.text("ab!.", min_size=1))
def test_merges_come_in_the_order_of_the_textbook(word: str) -> None:
    parts = [*word[:-1], word[-1] + "</w>"]
    assert load_vocabulary()._merge(list(parts)) == merge_plainly(parts)


@given(TEXTS)
@BOTH
def test_tokens_show_what_encode_gives(tokenizer: ClipTokenizer, text: str) -> None:
    tokens = tokenizer.tokens(text)
    assert [t.id for t in tokens] == tokenizer.encode(text)
    for span in (t.span for t in tokens):
        assert span is None or 0 <= span.start < span.end <= len(text)


@given(st.text(st.characters(max_codepoint=127)))
def test_text_that_is_not_repaired_needed_no_repair(text: str) -> None:
    assert fix_text(text).split() == ftfy.fix_text(text).split()


@given(st.lists(st.sampled_from(["cat", "a", "unbelievable", "café", "猫", ",", "7"])))
@BOTH
def test_decoding_restores_words(tokenizer: ClipTokenizer, parts: list[str]) -> None:
    text = " ".join(parts)
    assert tokenizer.decode(tokenizer.encode(text)) == text


@BOTH
def test_spans_survive_repairs(tokenizer: ClipTokenizer) -> None:
    text = "“Café” ﬁne ＦＵＬＬ &amp; 猫"
    shown = [(t.text, t.span and text[t.span.start : t.span.end]) for t in tokenizer.tokens(text)]
    assert shown == [
        ('"</w>', "“"),
        ("café</w>", "Café"),
        ('"</w>', "”"),
        ("fine</w>", "ﬁne"),
        ("full</w>", "ＦＵＬＬ"),
        ("&</w>", "&amp;"),
        ("�", "猫"),
        ("�", "猫"),
        ("�</w>", "猫"),
    ]


def test_entities_next_to_a_less_than_sign_are_left_to_open_clip() -> None:
    assert words(clip_tokenizer(), "<b> &gt;") == ["<</w>", "b</w>", "></w>", "&</w>", "gt</w>", ";</w>"]
    assert words(open_clip_tokenizer(), "<b> &gt;") == ["<</w>", "b</w>", "></w>", "></w>"]
    assert words(open_clip_tokenizer(), "&amp;amp;amp;") == ["&</w>"]


def test_apostrophes_split_off_their_suffix() -> None:
    assert words(clip_tokenizer(), "it's we'LL 'x") == [
        "it</w>",
        "'s</w>",
        "we</w>",
        "'ll</w>",
        "'</w>",
        "x</w>",
    ]
    # "ſ" is a lower-case "s" of two bytes: the suffix ends before the x.
    assert words(clip_tokenizer(), "é'ſx")[1:] == ["'", "\ufffd", "\ufffd</w>", "x</w>"]


def test_marks_are_spelled_as_each_tokenizer_has_them() -> None:
    assert clip_tokenizer().encode("a<|endoftext|>b<|STARTOFTEXT|>") == [320, END_ID, 321, START_ID]
    assert open_clip_tokenizer().encode("a <end_of_text> b") == [320, END_ID, 321]
    assert END_ID not in open_clip_tokenizer().encode("<|endoftext|>")
    assert clip_tokenizer().decode([START_ID, 320, END_ID]) == "<|startoftext|> a <|endoftext|>"


@pytest.mark.parametrize("token", [-1, 49408])
def test_unknown_ids_are_refused(token: int) -> None:
    with pytest.raises(MezzotintError, match="from 0 to 49407"):
        clip_tokenizer().decode([token])


def test_a_word_of_any_length_is_merged_in_reasonable_time() -> None:
    assert len(clip_tokenizer().encode("ab" * 50_000)) > 1000
