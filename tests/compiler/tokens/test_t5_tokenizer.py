"""T5's tokenizer: reference ids, the search for the best split, places, and what importing it costs."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mezzotint.compiler.tokens.t5 import T5Tokenizer, t5_tokenizer
from mezzotint.compiler.tokens.t5_unigram import Unigram
from mezzotint.compiler.tokens.t5_vocabulary import END_ID, UNKNOWN_ID, load_vocabulary
from mezzotint.grammar.errors import MezzotintError

GOLDEN = Path(__file__).parents[2] / "golden" / "conditioning" / "t5_tokens.jsonl"
BOTH = pytest.mark.parametrize(
    "tokenizer", [t5_tokenizer(), t5_tokenizer(lowers=True)], ids=["as is", "lower"]
)
TEXTS = st.text() | st.text(st.sampled_from("aBİﬁé“Å½ １<>/s猫😀\u0301\u200d\t\r\n\x00"))


def rows() -> list[dict[str, Any]]:
    return [json.loads(line) for line in GOLDEN.read_text("utf-8").splitlines()]


def shown(text: str) -> list[tuple[str, str | None]]:
    return [
        (t.text, text[t.span.start : t.span.end] if t.span else None) for t in t5_tokenizer().tokens(text)
    ]


def test_ids_are_those_of_the_reference() -> None:
    for row in rows():
        assert t5_tokenizer().encode(row["text"]) == row["ids"], row["text"]
        assert t5_tokenizer(lowers=True).encode(row["text"].strip()) == row["lowered"], row["text"]


def test_importing_and_plain_text_stay_light() -> None:
    code = (
        "import sys, mezzotint.compiler.tokens.t5 as t5\n"
        "heavy = {'torch', 'numpy', 'transformers', 'tokenizers', 'ftfy', 'regex'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
        "assert not t5.load_vocabulary.cache_info().currsize\n"
        "t5.t5_tokenizer().encode('a (cat:1.2), <b> 100%\\n')\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
        "t5.t5_tokenizer().encode('a café')\n"
        "assert heavy & set(sys.modules) == {'regex'}\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_vocabulary_has_the_published_ids() -> None:
    vocabulary = load_vocabulary()
    assert len(vocabulary.pieces) == len(set(vocabulary.pieces)) == len(vocabulary.scores) == 32100
    assert [vocabulary.pieces.index(p) for p in ("<pad>", "</s>", "<unk>", "▁", "X", "<extra_id_0>")] == [
        0,
        1,
        2,
        3,
        4,
        32099,
    ]
    assert vocabulary.scores[3:5] == (-2.0122928619384766, -2.486478805541992)


@pytest.fixture(scope="module")
def peer() -> Any:
    """The same vocabulary in Hugging Face tokenizers."""
    from tokenizers.models import Unigram as Peer

    vocabulary = load_vocabulary()
    return Peer(list(zip(vocabulary.pieces, vocabulary.scores, strict=True)), UNKNOWN_ID)


SPLITTER = Unigram(load_vocabulary())


@given(st.text("abcdefghijklmnop", min_size=1) | st.text("e ▁a猫☃é1.,", min_size=1))
def test_splits_are_those_of_the_tokenizers_library(peer: Any, word: str) -> None:
    found = SPLITTER.split(word)
    assert [p.id for p in found] == [t.id for t in peer.tokenize(word)]
    assert sum(p.length for p in found) == len(word)


@given(TEXTS)
@BOTH
def test_tokens_show_what_encode_gives(tokenizer: T5Tokenizer, text: str) -> None:
    tokens = tokenizer.tokens(text)
    assert [t.id for t in tokens] == tokenizer.encode(text)
    for token in tokens:
        assert token.span is not None
        assert 0 <= token.span.start < token.span.end <= len(text)


def test_places_survive_replacement() -> None:
    assert shown("“Café” ﬁne ＦＵＬＬ e\u0301 猫猫") == [
        ("▁“", "“"),
        ("C", "C"),
        ("a", "a"),
        ("f", "f"),
        ("é", "é"),
        ("”", "”"),
        ("▁fine", "ﬁne"),
        ("▁FULL", "ＦＵＬＬ"),
        ("▁", "e\u0301"),
        ("é", "e\u0301"),
        ("▁", "猫"),
        ("<unk>", "猫猫"),
    ]


def test_marks_are_found_in_the_raw_text() -> None:
    assert t5_tokenizer().encode("a</s>a <extra_id_0>") == [3, 9, END_ID, 3, 9, 32099]
    assert shown("a</s>a")[2] == ("</s>", "</s>")
    assert END_ID not in t5_tokenizer().encode("</S>")
    assert t5_tokenizer(lowers=True).encode("</S>") == [END_ID]


@given(st.lists(st.sampled_from(["cat", "a", "unbelievable", "café", "ﬁne", ",", "7"])))
def test_decoding_restores_words(parts: list[str]) -> None:
    text = " ".join(parts)
    assert t5_tokenizer().decode(t5_tokenizer().encode(text)) == text.replace("ﬁ", "fi")


@pytest.mark.parametrize("token", [-1, 32100])
def test_unknown_ids_are_refused(token: int) -> None:
    with pytest.raises(MezzotintError, match="from 0 to 32099"):
        t5_tokenizer().decode([token])


def test_a_word_of_any_length_is_split_in_reasonable_time() -> None:
    assert len(t5_tokenizer().encode("ab" * 50_000)) > 1000
