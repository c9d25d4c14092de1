"""The arithmetic of weights."""

import pytest
import torch

from mezzotint.compiler.conditioning.emphasis import emphasise
from mezzotint.compiler.ir import Emphasis

HIDDEN = torch.randn(2, 5, 3, generator=torch.Generator().manual_seed(0))
WEIGHTS = torch.tensor([[1.0, 1.5, 0.5, 1.0, 1.0], [1.0, -1.0, 0.0, 1.0, 1.0]])


def test_the_mean_is_restored_over_the_whole_batch() -> None:
    found = emphasise(HIDDEN, WEIGHTS, Emphasis.ORIGINAL)
    assert torch.isclose(found.mean(), HIDDEN.mean())
    assert not torch.isclose(found[0].mean(), HIDDEN[0].mean())


def test_without_norm_weights_only_multiply() -> None:
    found = emphasise(HIDDEN, WEIGHTS, Emphasis.NO_NORM)
    assert torch.equal(found, HIDDEN * WEIGHTS[..., None])


@pytest.mark.parametrize("emphasis", [Emphasis.IGNORE, Emphasis.NONE])
def test_ignored_weights_change_nothing(emphasis: Emphasis) -> None:
    assert emphasise(HIDDEN, WEIGHTS, emphasis) is HIDDEN


def test_neutral_weights_change_no_bit() -> None:
    assert torch.equal(emphasise(HIDDEN, torch.ones(2, 5), Emphasis.ORIGINAL), HIDDEN)


def test_shapes_must_agree() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        emphasise(HIDDEN, WEIGHTS[:, :4], Emphasis.ORIGINAL)
