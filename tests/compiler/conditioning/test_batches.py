"""How many calls rows take, and that their bits do not depend on it."""

from collections.abc import Sequence

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from mezzotint.compiler.conditioning.batches import MAX_ROWS, next_size, read_in_batches
from mezzotint.compiler.conditioning.reading import Reading

LENGTH = 3


class Block(nn.Module):
    """A block that sums in another order in batches above a size, and knows a mask."""

    def __init__(self, largest: int) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(()))
        self.largest = largest

    def forward(self, states: Tensor, mask: Tensor | None = None, *, shift: Tensor) -> tuple[Tensor]:
        states = states * self.scale + (0 if mask is None else mask) + shift
        return (states if len(states) <= self.largest else states + 1e-6,)


class Model(nn.Module):
    """One block, as transformers lays them out."""

    def __init__(self, largest: int = MAX_ROWS) -> None:
        super().__init__()
        self.block = Block(largest)
        self.layers = nn.ModuleList([self.block])
        self.sizes: list[int] = []

    def read(self, rows: Sequence[Tensor]) -> list[Reading]:
        self.sizes.append(len(rows))
        states = torch.stack(list(rows))
        (output,) = self.block(states, torch.ones(len(rows), 1, 1), shift=torch.ones(1, LENGTH, 1))
        return [Reading(row) for row in output]


def rows(count: int) -> list[Tensor]:
    return list(torch.randn(2 * MAX_ROWS, LENGTH, 2, generator=torch.Generator().manual_seed(0))[:count])


def read(model: Model, count: int) -> list[Reading]:
    model.sizes.clear()
    with torch.no_grad():
        return list(read_in_batches(model, rows(count), LENGTH, model.read))


def test_rows_go_together_where_that_leaves_their_bits() -> None:
    model = Model()
    assert len(read(model, 6)) == 6
    assert model.sizes == [6]
    read(model, MAX_ROWS + 2)
    assert model.sizes == [9, 9]
    read(model, 0)
    assert model.sizes == []


def test_a_size_that_moves_bits_is_tried_once() -> None:
    model = Model(largest=3)
    alone = [read(model, count)[-1] for count in range(1, 8)]
    found = read(model, 7)
    assert model.sizes == [3, 2, 2]
    assert all(torch.equal(a.hidden_states, b.hidden_states) for a, b in zip(alone, found, strict=True))
    shy = Model(largest=1)
    read(shy, 2)
    assert shy.sizes == [2, 1, 1]
    read(shy, 2)
    assert shy.sizes == [1, 1]


def test_half_precision_and_unknown_models_are_read_row_by_row() -> None:
    half = Model()
    half.to(torch.bfloat16)
    read(half, 3)
    assert half.sizes == [1, 1, 1]
    sizes: list[int] = []

    def call(batch: Sequence[Tensor]) -> list[Reading]:
        sizes.append(len(batch))
        return [Reading(row) for row in batch]

    list(read_in_batches(nn.Linear(1, 1), rows(2), LENGTH, call))
    assert sizes == [1, 1]


def test_under_autocast_rows_are_read_alone() -> None:
    model = Model()
    with torch.autocast("cpu", torch.bfloat16):
        read(model, 3)
    assert model.sizes == [1, 1, 1]


def test_another_setting_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    model = Model(largest=1)
    read(model, 2)
    model.block.largest = MAX_ROWS
    read(model, 2)
    assert model.sizes == [1, 1]
    monkeypatch.setattr(torch, "get_num_threads", lambda: 7)
    read(model, 2)
    assert model.sizes == [2]


@given(st.integers(1, 100), st.sets(st.integers(2, MAX_ROWS)))
def test_sizes_are_allowed_and_as_few_as_can_be(count: int, bad: set[int]) -> None:
    sizes: list[int] = []
    while sum(sizes) < count:
        sizes.append(next_size(count - sum(sizes), bad))
    assert sum(sizes) == count
    assert not set(sizes) & bad
    assert max(sizes) <= MAX_ROWS
    if not bad:
        assert len(sizes) == -(-count // MAX_ROWS)
