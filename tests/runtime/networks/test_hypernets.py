"""Hypernetworks, against the same layers built as modules."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from mezzotint.runtime.models.header import TensorFileError
from mezzotint.runtime.networks.apply import Effect, applied
from mezzotint.runtime.networks.errors import NetworkError
from mezzotint.runtime.networks.find import Found, FoundHypernet
from mezzotint.runtime.networks.hypernets import load_hypernet
from mezzotint.runtime.networks.tags import HypernetTag


def sequential(width: int, *between: nn.Module, last: tuple[nn.Module, ...] = ()) -> nn.Sequential:
    torch.manual_seed(width)
    return nn.Sequential(nn.Linear(width, 2 * width), *between, nn.Linear(2 * width, width), *last).eval()


def state(module: nn.Sequential) -> dict[str, Tensor]:
    return {f"linear.{name}": tensor for name, tensor in module.state_dict().items()}


def save(path: Path, modules: dict[int, tuple[nn.Sequential, nn.Sequential]], **more: Any) -> Path:
    content: dict[Any, Any] = dict(more)
    content.update((width, tuple(map(state, pair))) for width, pair in modules.items())
    torch.save(content, path)
    return path


def found(path: Path, multiplier: float = 1.0) -> FoundHypernet:
    return FoundHypernet(HypernetTag("h", multiplier), path)


CASES: list[tuple[nn.Sequential, dict[str, Any]]] = [
    (sequential(8), {}),
    (sequential(8, nn.ReLU(), last=(nn.ReLU(),)), {"activation_func": "relu"}),
    (sequential(8, nn.Hardswish()), {"activation_func": "swish", "activate_output": False}),
    (
        sequential(8, nn.Mish(), nn.LayerNorm(16), nn.Dropout(0.3), last=(nn.LayerNorm(8),)),
        {"activation_func": "Mish", "activate_output": False, "is_layer_norm": True},
    ),
]


@pytest.mark.parametrize(("module", "more"), CASES)
def test_chains(tmp_path: Path, module: nn.Sequential, more: dict[str, Any]) -> None:
    path = save(tmp_path / "h.pt", {8: (module, sequential(8))}, name="h", step=3, **more)
    key, value = load_hypernet(found(path, 0.5)).chains[8]
    x = torch.randn(2, 3, 8)
    with torch.no_grad():
        torch.testing.assert_close(key(x), x + module(x) / 2)
    assert value.multiplier == 0.5


def test_old_names(tmp_path: Path) -> None:
    module = sequential(8)
    names = {"0.weight": "linear1.weight", "0.bias": "linear1.bias"}
    names |= {"1.weight": "linear2.weight", "1.bias": "linear2.bias"}
    old = {names[name]: tensor for name, tensor in module.state_dict().items()}
    torch.save({8: (old, old)}, tmp_path / "h.pt")
    key, _ = load_hypernet(found(tmp_path / "h.pt")).chains[8]
    x = torch.randn(1, 8)
    with torch.no_grad():
        torch.testing.assert_close(key(x), x + module(x))


def test_they_act_in_the_attention_one_after_the_other_and_leave(tmp_path: Path, sd1: Any) -> None:
    modules = sequential(8), sequential(8, nn.Identity())
    path = save(tmp_path / "h.pt", {8: modules})
    attention = sd1.unet.down_blocks[0].attentions[0].transformer_blocks[0].attn2
    x = torch.randn(1, 3, 8)
    with torch.no_grad():
        before = attention.to_k(x), attention.to_v(x), attention.to_q(x)
        with applied(sd1, Found(hypernets=(found(path), found(path, 0.5)))) as effects:
            # Five blocks of width 8 attend to themselves and to text of width 8, the wider one to text only.
            assert effects == (Effect("h", 22), Effect("h", 22))
            for layer, module in zip((attention.to_k, attention.to_v), modules, strict=True):
                once = x + module(x)
                expected = nn.functional.linear(once + module(once) / 2, layer.weight)
                torch.testing.assert_close(layer(x), expected)
            assert torch.equal(attention.to_q(x), before[2])
        assert torch.equal(attention.to_k(x), before[0])
        assert torch.equal(attention.to_v(x), before[1])


class Payload:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return eval, ("1/0",)


def test_files_that_are_none(tmp_path: Path, sd1: Any) -> None:
    contents: dict[str, Any] = {
        "empty": {},
        "list": [torch.ones(1)],
        "single": {8: (state(sequential(8)),)},
        "narrow": {8: (state(sequential(4)), state(sequential(4)))},
        "shallow": {8: ({}, {})},
        "text": {8: ("a", "b")},
        "activation": {8: (state(sequential(8)),) * 2, "activation_func": "eval"},
        "other": {9: (state(sequential(9)),) * 2},
        "code": {8: Payload()},
    }
    for name, content in contents.items():
        path = tmp_path / f"{name}.pt"
        torch.save(content, path)
        networks = Found(hypernets=(found(path),))
        with pytest.raises((NetworkError, TensorFileError), match=name), applied(sd1, networks):
            pass
        with applied(sd1, networks, strict=False) as (effect,):
            assert effect.failure
    (tmp_path / "noise.pt").write_bytes(b"noise")
    for name in ("noise", "gone"):
        with pytest.raises(TensorFileError):
            load_hypernet(found(tmp_path / f"{name}.pt"))
