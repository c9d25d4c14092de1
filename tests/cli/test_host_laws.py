"""A prompt in a file of many is put right, and formatted, as it is by itself."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mezzotint.cli.rewriting import rewritten
from mezzotint.compiler.format import format_prompt
from mezzotint.compiler.lint.config import Settings
from mezzotint.compiler.lint.context import HOME
from mezzotint.compiler.lint.fixes import fix_prompt
from mezzotint.grammar.hosts.files import read_fields

PIECES = ["a ,b", "(cat:1.20)", "\\b", " ", '"', "'", "é", "😀", "\n", "(", "[a:b:0]", ",c", "\t", "\u2028"]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=6).map("".join)
PAIRS = st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=2)


def formatted(text: str, negative: bool) -> str:
    return format_prompt(text, negative=negative)


def fixed(text: str, negative: bool) -> str:
    return fix_prompt(text, negative=negative, context=HOME).source


@pytest.mark.parametrize("change", [formatted, fixed])
@pytest.mark.parametrize("is_ascii", [True, False])
@settings(max_examples=15)  # each compiles several prompts
@given(pairs=PAIRS)
def test_json(change: Any, is_ascii: bool, pairs: list[tuple[str, str]]) -> None:
    rows = [{"prompt": one, "negative_prompt": other} for one, other in pairs]
    after = rewritten(json.dumps(rows, ensure_ascii=is_ascii, indent=1), "a.json", Settings(), change)
    wanted = [
        {"prompt": change(row["prompt"], False), "negative_prompt": change(row["negative_prompt"], True)}
        for row in rows
    ]
    assert after == (json.dumps(wanted, ensure_ascii=is_ascii, indent=1), ())


@pytest.mark.parametrize("change", [formatted, fixed])
@pytest.mark.parametrize("style", [None, "'", '"', "|"])
@settings(max_examples=15)  # each compiles several prompts
@given(pairs=PAIRS)
def test_yaml(change: Any, style: str | None, pairs: list[tuple[str, str]]) -> None:
    yaml: Any = pytest.importorskip("yaml")
    rows = [{"prompt": one, "negative_prompt": other, "n": 1} for one, other in pairs]
    source = yaml.safe_dump(rows, default_style=style, allow_unicode=True, width=1000)
    host = read_fields(source, "a.yaml")
    after = rewritten(source, "a.yaml", Settings(), change)
    new = read_fields(after.text, "a.yaml")
    for one, other in zip(host.passages, new.passages, strict=True):
        assert other.text in (one.text, change(one.text, one.negative))
    if not after.refused:
        again = rewritten(after.text, "a.yaml", Settings(), change)
        assert again.text == after.text


def test_prompts_that_cannot_be_written_are_named_by_their_lines() -> None:
    after = rewritten("prompt = 'a'\nnegative_prompt = 'b'", "a.toml", Settings(), lambda text, _: f"{text}'")
    assert after.text == "prompt = 'a'\nnegative_prompt = 'b'"
    assert after.refused == (1, 2)
