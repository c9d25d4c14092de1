"""Comparing tensors."""

import math

import pytest
import torch
from torch import Tensor

from mezzotint.conformance.tensors import compare, compare_all

ONES = torch.ones(2, 3)


def changed(value: float) -> Tensor:
    return torch.tensor([[1.0, 1.0, 1.0], [1.0, value, 1.0]])


def test_the_worst_element_is_told() -> None:
    result = compare(ONES, changed(1.25), atol=0.2)
    assert not result.is_equal
    assert result.error == 0.25
    assert result.expected == {"shape": [2, 3], "at [1, 1]": 1.0}
    assert result.got == {"shape": [2, 3], "at [1, 1]": 1.25}


@pytest.mark.parametrize(
    ("tolerance", "is_equal"),
    [({"atol": 0.5}, True), ({"rtol": 0.5}, True), ({"rtol": 0.1, "atol": 0.1}, False)],
)
def test_tolerances(tolerance: dict[str, float], is_equal: bool) -> None:
    assert compare(ONES, changed(1.5), **tolerance).is_equal is is_equal


def test_errors_are_relative_where_only_that_is_asked_for() -> None:
    assert compare(ONES * 4, ONES * 5, rtol=1.0).error == 0.25
    assert compare(torch.zeros(2), torch.zeros(2), rtol=1e-6).error == 0


@pytest.mark.parametrize("got", [changed(math.nan), changed(math.inf), torch.ones(3, 2), torch.ones(2)])
def test_what_cannot_be_compared_is_infinitely_far(got: Tensor) -> None:
    result = compare(ONES, got, atol=1.0)
    assert not result.is_equal
    assert result.error == math.inf


def test_a_case_of_several_tensors_fails_with_any() -> None:
    good, bad = compare(ONES, changed(1.5), atol=1.0), compare(ONES, changed(1.2), atol=0.1)
    both = compare_all([good, bad])
    assert (both.is_equal, both.error, both.got) == (False, 0.5, bad.got)
    assert compare_all([good, good]).is_equal
