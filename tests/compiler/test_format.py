"""Formatting evens out spelling, changes no meaning, and is done after one go."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mezzotint.compiler.format import format_prompt
from mezzotint.compiler.format_text import format_text

TEXTS = st.one_of(st.text(), st.text(alphabet="()[]:|\\ ab1.2,BREAKND<>#\n"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("  red  circle ,blue   square ", "red circle, blue square"),
        ("(cat: 1.20 ),dog", "(cat:1.2), dog"),
        ("(a:1.0)", "(a:1)"),
        ("a :0.50 AND   b", "a :0.5 AND b"),
        ("[cat:dog: 0.50 ]", "[cat:dog:0.50]"),
        ("AND  b AND ", "AND b AND"),
        ("a\t\n  b", "a\nb"),
        ("1girl,1boy, (cat:1,3),b", "1girl, 1boy, (cat:1,3), b"),
        ("(a:1.20) ,b,(c),[d:e:5],[f] ,[g|h]", "(a:1.2), b, (c), [d:e:5], [f], [g|h]"),
        ("( cat : 1.2 ), [ dog ], ((( x ))), ( a\\ )", "(cat:1.2), [dog], (((x))), (a\\ )"),
        ("a ( ) b", "a ( ) b"),
        ("[ a : b : 5 ] [ c | d ] (\n e \n)", "[ a : b :5] [ c | d ] (\ne\n)"),
        ("rem \\(x\\) <lora:a b:1>  BREAK ,x", "rem \\(x\\) <lora:a b:1> BREAK , x"),
    ],
)
def test_examples(before: str, after: str) -> None:
    assert format_prompt(before) == after


@pytest.mark.parametrize(
    "text",
    [
        "[a,,1 AND 1 AND ",
        " AND\\ a((((b c--d[e-v1.# f]jpg , g",
        "a [b c<lo\x85r ,a:x:1>d：e\nf\n",
        ",a,,b",
        "a ,, ,b",
    ],
)
def test_spellings_come_to_rest(text: str) -> None:
    for form in (format_prompt, format_text):
        assert form(form(text)) == form(text)


@given(TEXTS, st.booleans())
def test_formatting_is_idempotent(text: str, negative: bool) -> None:
    once = format_prompt(text, negative=negative)
    assert format_prompt(once, negative=negative) == once


def test_a_blank_negative_prompt_does_not_become_an_empty_one() -> None:
    assert format_prompt(" ", negative=True) == " "


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a ,b\r\nc\r\n", "a, b\r\nc\r\n"),
        ("a ,b\r\nc\n", "a, b\r\nc\r\n"),
        ("a ,b\nc\r\n", "a, b\nc\n"),
    ],
)
def test_the_first_line_end_counts(before: str, after: str) -> None:
    assert format_text(before) == after
