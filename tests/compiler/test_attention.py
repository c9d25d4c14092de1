"""Emphasis on texts that mean harm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mezzotint.compiler.passes.attention import attention
from mezzotint.grammar.errors import PromptError


def test_thousands_of_nested_brackets_are_weighed() -> None:
    runs = attention("(a" * 2_000)
    assert len(runs) == 2_000
    assert runs[0][1] == 1.1
    assert runs[-1][1] > 1e80  # inside all of them


def test_more_than_can_be_weighed_in_a_second_is_refused_with_its_place() -> None:
    with pytest.raises(PromptError, match="too many nested brackets"):
        attention("(a" * 20_000 + ":1.2)b)c" * 10_000)


CLOSERS = {
    ")": 1.1,
    "]": 1 / 1.1,
    ":1.1)": 1.1,
    ":1.2)": 1.2,
    ":0)": 0.0,
    ":-0)": -0.0,
    ":-1)": -1.0,
    ":1)": 1.0,
}


def weigh(parts: list[str]) -> list[tuple[str, float]]:
    """The definition, bracket by bracket: each character and its weight."""
    text: list[tuple[str, float]] = []
    opened: dict[str, list[int]] = {"(": [], "[": []}

    def multiply(since: int, factor: float) -> None:
        text[since:] = [(letter, weight * factor) for letter, weight in text[since:]]

    for part in parts:
        if part in opened:
            opened[part].append(len(text))
        elif part in CLOSERS and (stack := opened["[" if part == "]" else "("]):
            multiply(stack.pop(), CLOSERS[part])
        else:
            text += [(letter, 1.0) for letter in part]
    for bracket, factor in (("(", 1.1), ("[", 1 / 1.1)):
        for since in reversed(opened[bracket]):
            multiply(since, factor)
    return text


@given(st.lists(st.sampled_from(["(", "[", "a", "b ", *CLOSERS]), max_size=60))
def test_each_bracket_multiplies_in_its_turn(parts: list[str]) -> None:
    assert [(c, weight) for text, weight in attention("".join(parts)) for c in text] == weigh(parts)


@pytest.mark.parametrize(
    "text", ["(" * 100_000, ":" * 100_000, " " * 100_000 + "BREAK", "[" * 50_000 + "]" * 50_000]
)
def test_long_texts_without_much_inside_are_quick(text: str) -> None:
    assert attention(text)
