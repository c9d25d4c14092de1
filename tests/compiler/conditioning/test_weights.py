"""When the weights of a model count as changed."""

from collections.abc import Callable

import pytest
import torch
from torch import nn

from mezzotint.compiler.conditioning.weights import weights_of


def make() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(8, 16), nn.LayerNorm(16), nn.Linear(16, 8))


def first(model: nn.Module) -> nn.Parameter:
    return next(model.parameters())


def merge(model: nn.Module) -> None:
    with torch.no_grad():
        first(model).add_(torch.randn(16, 1) @ torch.randn(1, 8))


def merge_unseen_by_counters(model: nn.Module) -> None:
    first(model).data += torch.randn(16, 1) @ torch.randn(1, 8)


def replace_data(model: nn.Module) -> None:
    first(model).data = first(model).data + 1


def replace_norm_at_its_address(model: nn.Module) -> None:
    """As a network that is merged where another one, already freed, was: no matrix differs."""
    norm: nn.LayerNorm = model[1]  # type: ignore[index]
    norm.weight = nn.Parameter(norm.weight.data)
    norm.weight.data += 1


def halve(model: nn.Module) -> None:
    model.half()


def test_weights_that_stay_are_the_same() -> None:
    model = make()
    before = weights_of(model)
    assert before is not None
    model(torch.randn(2, 8)).sum().backward()
    assert weights_of(model) is before


@pytest.mark.parametrize(
    "change", [merge, merge_unseen_by_counters, replace_data, replace_norm_at_its_address, halve]
)
def test_a_change_is_seen(change: Callable[[nn.Module], None]) -> None:
    model = make()
    before = weights_of(model)
    assert before is not None
    digest = before.digest()
    change(model)
    after = weights_of(model)
    assert after is not None
    assert after is not before
    assert after.digest() != digest


def test_nan_changes_nothing() -> None:
    model = make()
    first(model).data.fill_(torch.nan)
    assert weights_of(model) is weights_of(model)


def test_a_digest_is_of_the_numbers_and_of_what_is_made_of_them() -> None:
    models = make(), make()
    same, again = map(weights_of, models)
    assert same is not again
    assert same is not None
    assert again is not None
    assert same.digest() == again.digest()
    other = nn.Sequential(make(), nn.ReLU())
    changed = weights_of(other)
    assert changed is not None
    assert changed.digest() != same.digest()


def test_models_without_numbers_at_hand_have_no_weights() -> None:
    with torch.device("meta"):
        assert weights_of(make()) is None
    assert weights_of(nn.Identity()) is None


def test_models_that_count_no_changes_have_no_weights() -> None:
    with torch.inference_mode():
        assert weights_of(make()) is None


def test_a_digest_of_a_model_that_is_gone_is_refused() -> None:
    weights = weights_of(make())
    assert weights is not None
    with pytest.raises(ReferenceError):
        weights.digest()
