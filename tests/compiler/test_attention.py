"""Emphasis on texts that mean harm."""

import pytest

from mezzotint.compiler.passes.attention import attention
from mezzotint.grammar.errors import PromptError


def test_thousands_of_nested_brackets_are_weighed() -> None:
    runs = attention("(a" * 2_000)
    assert len(runs) == 2_000
    assert runs[0][1] == 1.1
    assert runs[-1][1] > 1e80  # inside all of them


def test_more_than_can_be_weighed_in_a_second_is_refused_with_its_place() -> None:
    with pytest.raises(PromptError, match="too many nested brackets"):
        attention("(a" * 50_000)


@pytest.mark.parametrize(
    "text", ["(" * 100_000, ":" * 100_000, " " * 100_000 + "BREAK", "[" * 50_000 + "]" * 50_000]
)
def test_long_texts_without_much_inside_are_quick(text: str) -> None:
    assert attention(text)
