"""Formatting evens out spelling, changes no meaning, and is done after one go."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mezzotint.compiler.format import format_prompt

TEXTS = st.one_of(st.text(), st.text(alphabet="()[]:|\\ ab1.2,BREAKND<>#\n"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("  red  circle ,blue   square ", "red circle, blue square"),
        ("(cat: 1.20 ),dog", "(cat:1.2), dog"),
        ("(a:1.0)", "(a:1)"),
        ("a :0.50 AND   b", "a :0.5 AND b"),
        ("[cat:dog: 0.50 ]", "[cat:dog:0.50]"),
        ("a\t\n  b", "a\nb"),
        ("rem \\(x\\) <lora:a b:1>  BREAK ,x", "rem \\(x\\) <lora:a b:1> BREAK , x"),
    ],
)
def test_examples(before: str, after: str) -> None:
    assert format_prompt(before) == after


@given(TEXTS, st.booleans())
def test_formatting_is_idempotent(text: str, negative: bool) -> None:
    once = format_prompt(text, negative=negative)
    assert format_prompt(once, negative=negative) == once
