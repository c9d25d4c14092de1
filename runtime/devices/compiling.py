"""``torch.compile``, so that bits depend on the picture alone and not on those made before it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from typing import Any

import torch

from mezzotint.runtime.devices.computing import DeviceError

_MAX_SHAPES = 64  # each size of picture and length of prompt is compiled for itself


def compile_network(network: Any, device: str) -> None:
    """Have a network compiled when it is first called, once for each shape of its input.

    Shapes are never generalised: then the code for a shape would depend on what came before it.

    Raises:
        DeviceError: there is nothing to compile with.
    """
    if device == "cpu" and not any(map(shutil.which, (os.environ.get("CXX") or "c++", "g++", "clang++"))):
        raise DeviceError("compiling for a CPU takes a C++ compiler: install g++, or leave out --compile")
    if device.startswith("cuda") and find_spec("triton") is None:
        raise DeviceError("compiling for a GPU takes triton: install it, or leave out --compile")
    network.compile(dynamic=False)


@contextmanager
def compiling() -> Iterator[None]:
    """While open, compiled networks may be called.

    Raises:
        DeviceError: compiling failed.
    """
    from torch._dynamo import config
    from torch._dynamo.exc import FailOnRecompileLimitHit, TorchDynamoException
    from torch._inductor import config as inductor

    wanted: dict[str, object] = {
        "skip_nnmodule_hook_guards": False,  # hypernetworks are hooks that come and go
        "recompile_limit": _MAX_SHAPES,
        "fail_on_recompile_limit_hit": True,  # else it goes on uncompiled, with other bits
    }
    with ExitStack() as stack:
        stack.enter_context(config.patch({k: v for k, v in wanted.items() if hasattr(config, k)}))
        if hasattr(inductor, "deterministic"):  # else kernels are chosen by measuring
            stack.enter_context(inductor.patch(deterministic=torch.are_deterministic_algorithms_enabled()))
        try:
            yield
        except FailOnRecompileLimitHit as error:
            raise DeviceError(
                f"{_MAX_SHAPES} sizes and lengths of prompts are compiled, and no more are kept: "
                "begin again, or leave out --compile"
            ) from error
        except TorchDynamoException as error:
            first = str(error).strip().partition("\n")[0]
            raise DeviceError(f"torch.compile failed ({first}): leave out --compile") from error
