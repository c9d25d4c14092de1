"""The proof behind the formatter and safe fixes."""

import pytest

from mezzotint.compiler.equivalence import means_same


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("((cat:1.20))", "((cat:1.2))"),
        ("a  cat ,dog", "a cat, dog"),
        ("[cat:dog:0]", "dog"),
        ("[cat:dog:-5]", "dog"),
        ("[cat:dog: 25 ]", "[cat:dog:25]"),
        ("[cat:cat:25]", "[cat:cat :25]"),
    ],
)
def test_spellings_of_one_meaning(before: str, after: str) -> None:
    assert means_same(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[cat:dog:25]", "[cat:bird:25]"),  # behind the default number of steps
        ("[cat:dog:999]", "cat"),
        ("[cat:dog:10]", "[cat:dog:0.5]"),  # one step of 20, another of 30
        ("[cat:dog:1.0]", "cat"),  # never switches in the first pass, always has in the second
        ("[a|b|c|d|e|f|g|h|i|j|k|l|m|n|o|p|q|r|s|t|u]", "[a|b|c|d|e|f|g|h|i|j|k|l|m|n|o|p|q|r|s|t|v]"),
        ("a cat", "a dog"),
        ("((cat))", "(cat:1.21)"),  # 1.1 * 1.1 is a little more
        ("(cat:1.1)", "(cat:1.2)"),
        ("(cat:1.1.1)", "(cat:1.1.1)"),  # fails to compile, so nothing is proven
    ],
)
@pytest.mark.parametrize("negative", [False, True])
def test_others(before: str, after: str, negative: bool) -> None:
    assert not means_same(before, after, negative=negative)


def test_no_negative_prompt_is_another_than_a_blank_one() -> None:
    assert means_same("", " ")
    assert not means_same("", " ", negative=True)
    assert means_same("  ", " ", negative=True)
