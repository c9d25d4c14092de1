"""Devices by name: what is there is found, and what is not is told of with what is missing."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.devices.choose import accelerator, choose_device
from mezzotint.runtime.devices.computing import Computing, DeviceError

Patch = pytest.MonkeyPatch


def with_gpus(patch: Patch, count: int) -> None:
    patch.setattr(torch.cuda, "is_available", lambda: count > 0)
    patch.setattr(torch.cuda, "device_count", lambda: count)
    patch.setattr(torch.cuda, "current_device", lambda: 0)
    patch.setattr(torch.version, "cuda", "13.0")
    patch.delenv("CUBLAS_WORKSPACE_CONFIG", raising=False)


@pytest.mark.parametrize("name", ["", "gpu", "cuda:", "cuda:x", "cuda:-1", "meta", "cpu:0", "CUDA", "mps:0"])
def test_unknown_names_are_refused(name: str) -> None:
    with pytest.raises(DeviceError, match="is not known: use cpu, cuda"):
        Computing(device=name)


def test_other_wishes_are_checked() -> None:
    with pytest.raises(MezzotintError, match="unknown dtype 'int8': use one of float32"):
        Computing(dtype="int8")
    with pytest.raises(DeviceError, match="exclude each other"):
        Computing(compiled=True, offload=True)
    assert "only on CPUs with arithmetic for it" in Computing(dtype="float16").hints[0]
    assert Computing(device="cuda", dtype="float16").hints == Computing().hints == ()


def test_a_torch_without_cuda_says_so(monkeypatch: Patch) -> None:
    with_gpus(monkeypatch, 0)
    monkeypatch.setattr(torch.version, "cuda", None)
    monkeypatch.setattr(torch.version, "hip", None)
    with pytest.raises(DeviceError, match="is built without CUDA; see pytorch"):
        choose_device("cuda")


def test_a_machine_without_gpu_says_so(monkeypatch: Patch) -> None:
    with_gpus(monkeypatch, 0)
    with pytest.raises(DeviceError, match="is the driver installed"):
        choose_device("cuda:0")


@pytest.mark.parametrize(("count", "there"), [(1, "cuda:0$"), (3, "cuda:0 to cuda:2$")])
def test_too_high_a_number_names_those_there_are(monkeypatch: Patch, count: int, there: str) -> None:
    with_gpus(monkeypatch, count)
    with pytest.raises(DeviceError, match=there):
        choose_device("cuda:7")


@pytest.mark.parametrize(("name", "found"), [("cuda", "cuda:0"), ("cuda:1", "cuda:1"), ("auto", "cuda:0")])
def test_gpus_are_numbered_and_cublas_is_told_in_time(monkeypatch: Patch, name: str, found: str) -> None:
    with_gpus(monkeypatch, 2)
    assert choose_device(name) == found
    assert os.environ["CUBLAS_WORKSPACE_CONFIG"] == ":4096:8"


def test_a_setting_of_the_users_own_stays(monkeypatch: Patch) -> None:
    with_gpus(monkeypatch, 1)
    monkeypatch.setenv("CUBLAS_WORKSPACE_CONFIG", ":16:8")
    choose_device("cuda")
    assert os.environ["CUBLAS_WORKSPACE_CONFIG"] == ":16:8"


def test_apple_gpus(monkeypatch: Patch) -> None:
    monkeypatch.setattr(torch.backends.mps, "is_built", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    with pytest.raises(DeviceError, match="not built for Apple GPUs"):
        choose_device("mps")
    monkeypatch.setattr(torch.backends.mps, "is_built", lambda: True)
    with pytest.raises(DeviceError, match="takes an Apple GPU"):
        choose_device("mps")
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert choose_device("auto") == choose_device("mps") == "mps"
    assert set(accelerator("mps")) == {"name", "macos"}


def test_without_any_gpu_auto_is_the_cpu(monkeypatch: Patch) -> None:
    never: Callable[[], bool] = lambda: False  # noqa: E731
    monkeypatch.setattr(torch.cuda, "is_available", never)
    monkeypatch.setattr(torch.backends.mps, "is_available", never)
    assert choose_device("auto") == choose_device("cpu") == "cpu"
    assert accelerator("cpu") == {}


def test_no_tensor_is_left_on_the_wrong_device() -> None:
    """Every sampler and pass, on a device whose tensors refuse to meet those of the CPU."""
    pytest.importorskip("torch.utils.backend_registration")
    if not hasattr(torch.utils.backend_registration, "_setup_privateuseone_for_python_backend"):
        pytest.skip("this torch cannot pretend a device")
    program = Path(__file__).with_name("pretend.py")
    done = subprocess.run(
        [sys.executable, str(program)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(program.parents[3])},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    levels = json.loads(done.stdout)
    assert levels.pop("refused") is True
    assert levels.pop("half") <= 10
    assert len(levels) >= 25
    assert max(levels.values()) <= 1  # attention is composed of other kernels there
