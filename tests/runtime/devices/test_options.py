"""Channels last, compiling and offload: what each may change, and what it leaves as it was."""

import shutil
import warnings
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from mezzotint.compiler.lower import compile_prompt
from mezzotint.runtime.devices import compiling
from mezzotint.runtime.devices.compiling import compile_network
from mezzotint.runtime.devices.computing import Computing, DeviceError
from mezzotint.runtime.devices.offload import Turns
from mezzotint.runtime.engine import Engine, Rendered
from mezzotint.runtime.job import RenderSettings
from mezzotint.runtime.models.folder import find_model
from mezzotint.runtime.passes.settings import HiresSettings


def opened(model: str | Path = "builtin", **options: Any) -> Engine:
    return Engine.opened(find_model(model), Computing(**options), threads=1)


def painted(engine: Engine, **changes: Any) -> Rendered:
    prompts = engine.model.encode(compile_prompt("a red circle", "blue"), size=(64, 64))
    settings = {"steps": 3, "width": 64, "height": 64, "sampler": "Euler a", **changes}
    return engine.sample(prompts, RenderSettings(**settings), hires=prompts)


def test_kernels_are_laid_out_and_back() -> None:
    engine, plain = opened(), painted(opened())
    strides = [p.stride() for p in engine.model.unet.parameters()]
    same = list(engine.model.unet.parameters())
    fast = painted(engine, fast=True)
    assert any(p.stride() != s for p, s in zip(same, strides, strict=True))
    assert (fast.latents - plain.latents).abs().max() < 1e-3
    assert torch.equal(painted(engine).latents, plain.latents)
    assert [p.stride() for p in engine.model.unet.parameters()] == strides
    assert all(a is b for a, b in zip(same, engine.model.unet.parameters(), strict=True))


def test_channels_last_is_opt_in_and_repeats() -> None:
    one, other = (painted(opened(channels_last=True)) for _ in range(2))
    assert torch.equal(one.latents, other.latents)


def test_networks_that_take_turns_give_the_same_bits() -> None:
    engine, changes = opened(offload=True), {"hires": HiresSettings(scale=1.5, upscaler="Lanczos")}
    assert torch.equal(painted(engine, **changes).latents, painted(opened(), **changes).latents)
    model = engine.model
    hooked = [model.unet, model.vae, *model.text_encoders]
    assert all(hasattr(network, "_hf_hook") for network in hooked)
    assert model.turns is not None
    assert model.turns._present == ()


class Carried(nn.Module):
    """Notes where it is sent to."""

    def __init__(self, name: str, log: list[str]) -> None:
        super().__init__()
        self.name, self.log = name, log

    def to(self, *args: Any, **_kwargs: Any) -> "Carried":
        self.log.append(f"{self.name} to {args[0]}")
        return self

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + 1


def test_only_one_group_is_on_the_device() -> None:
    log: list[str] = []
    unet, vae, first, second = (Carried(name, log) for name in ("unet", "vae", "l", "g"))
    turns = Turns("meta")
    for group in ((unet,), (vae,), (first, second)):
        turns.join(*group)
    log.clear()
    assert first(torch.zeros(1)).device.type == "meta"
    second(torch.zeros(1))
    assert log == ["l to meta", "g to meta"] * 2
    log.clear()
    unet(torch.zeros(1))
    assert log == ["l to cpu", "g to cpu", "unet to meta"]
    log.clear()
    vae(torch.zeros(1))
    turns.rest()
    turns.rest()
    assert log == ["unet to cpu", "vae to meta", "vae to cpu"]


@pytest.mark.skipif(shutil.which("c++") is None, reason="needs a C++ compiler")
def test_the_unet_is_compiled_when_it_samples(monkeypatch: pytest.MonkeyPatch, tiny_model: Path) -> None:
    engine, calls = opened(compiled=True), []
    monkeypatch.setattr(nn.Module, "compile", lambda _, **options: calls.append(options))
    assert engine.model.unet is not None
    assert calls == []
    painted(engine)
    painted(engine)
    assert calls == [{"dynamic": False}]


class Small(nn.Module):
    """Two layers."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(4, 4), nn.Linear(4, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = self.second(self.first(x).relu())
        return found


@pytest.fixture
def traced() -> Any:
    """A network that is traced, as for compiling, and not translated."""
    network = Small()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        network.compile(dynamic=False, backend="eager")
        yield network
    torch._dynamo.reset()


def test_compiled_networks_see_merged_weights_and_hooks(traced: Any) -> None:
    plain, x = Small(), torch.ones(2, 4)
    plain.load_state_dict(traced.state_dict())
    with compiling.compiling(), torch.inference_mode():
        assert torch.equal(traced(x), plain(x))
        for network in (traced, plain):
            network.first.weight = nn.Parameter(torch.full((4, 4), 0.5), requires_grad=False)
        assert torch.equal(traced(x), plain(x))
        hook = traced.first.register_forward_pre_hook(lambda _, args: (args[0] * 3,))
        assert torch.equal(traced(x), plain(3 * x))
        hook.remove()
        assert torch.equal(traced(x), plain(x))


def test_more_shapes_than_can_be_compiled_are_an_error(traced: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiling, "_MAX_SHAPES", 2)

    def call(rows: int) -> None:
        with compiling.compiling():
            traced(torch.ones(rows, 4))

    call(1)
    call(2)
    with pytest.raises(DeviceError, match="2 sizes and lengths of prompts"):
        call(3)


def test_what_cannot_be_compiled_is_told_of(traced: Any) -> None:
    with (
        pytest.raises(DeviceError, match=r"torch\.compile failed .*leave out --compile"),
        compiling.compiling(),
    ):
        raise torch._dynamo.exc.InternalTorchDynamoError("no")


def test_what_it_takes_to_compile_is_checked_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(DeviceError, match=r"install g\+\+, or leave out --compile"):
        compile_network(Small(), "cpu")
    if find_spec("triton") is None:
        with pytest.raises(DeviceError, match="takes triton"):
            compile_network(Small(), "cuda:0")
