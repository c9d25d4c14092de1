"""Finding the device that a name stands for, or saying what it lacks."""

import os
import platform

import torch

from mezzotint.runtime.devices.computing import AUTO, DeviceError

_WORKSPACE = "CUBLAS_WORKSPACE_CONFIG"
_INSTALL = "see pytorch.org/get-started/locally, or use the device cpu"


def choose_device(name: str) -> str:
    """The device of a name, which is checked to be there.

    cuBLAS is told to sum in one order before CUDA can have started; it reads that once in a process, so a
    setting of the user's own is left as it is.

    Args:
        name: see :class:`mezzotint.runtime.devices.computing.Computing`.

    Returns:
        ``cpu``, ``mps``, or ``cuda:`` and a number.

    Raises:
        DeviceError: it is not there; the text says what is missing.
    """
    if name == AUTO:
        name = _best()
    if name == "mps":
        _check_mps()
    elif name.startswith("cuda"):
        os.environ.setdefault(_WORKSPACE, ":4096:8")
        return _cuda(name)
    return name


def accelerator(device: str) -> dict[str, object]:
    """What the last bits of a picture depend on beside the versions of libraries; empty for a CPU.

    Args:
        device: of :func:`choose_device`.
    """
    if device.startswith("cuda"):
        properties = torch.cuda.get_device_properties(device)
        return {
            "name": properties.name,
            "capability": f"{properties.major}.{properties.minor}",
            "cudnn": torch.backends.cudnn.version(),  # type: ignore[no-untyped-call]
        }
    return {"name": platform.processor(), "macos": platform.mac_ver()[0]} if device == "mps" else {}


def _best() -> str:
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def _cuda(name: str) -> str:
    if not torch.cuda.is_available():
        if torch.version.cuda is None and torch.version.hip is None:
            raise DeviceError(
                f'no device "{name}": torch {torch.__version__} is built without CUDA; {_INSTALL}'
            )
        raise DeviceError(
            f'no device "{name}": torch finds no GPU it can use; is the driver installed (nvidia-smi shows '
            "it), and CUDA_VISIBLE_DEVICES not empty? Or use the device cpu"
        )
    count = torch.cuda.device_count()
    number = int(name.partition(":")[2] or torch.cuda.current_device())
    if number >= count:
        there = "cuda:0" if count == 1 else f"cuda:0 to cuda:{count - 1}"
        raise DeviceError(f'no device "{name}": this machine has {there}')
    return f"cuda:{number}"


def _check_mps() -> None:
    if not torch.backends.mps.is_built():
        raise DeviceError(
            f'no device "mps": torch {torch.__version__} is not built for Apple GPUs; {_INSTALL}'
        )
    if not torch.backends.mps.is_available():
        raise DeviceError('no device "mps": it takes an Apple GPU and macOS 14 or later; use the device cpu')
