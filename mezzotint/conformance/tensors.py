"""Reading and comparing the tensors of a suite."""

import math
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from mezzotint.conformance.result import Result
from mezzotint.conformance.suite import ConformanceError


class TensorFile:
    """A safetensors file whose tensors are read when they are asked for, so that memory stays small.

    Raises:
        ConformanceError: it is missing or damaged.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._file: Any = safe_open(path, framework="pt")
        except (OSError, SafetensorError) as error:
            raise ConformanceError(f"{path}: cannot be read ({error}); fetch the vectors again") from error

    def __getitem__(self, name: str) -> Tensor:
        """One tensor, on the CPU.

        Raises:
            ConformanceError: there is none of this name.
        """
        try:
            tensor: Tensor = self._file.get_tensor(name)
        except SafetensorError as error:
            raise ConformanceError(f"{self._path}: no tensor {name!r}; fetch the vectors again") from error
        return tensor

    def names(self) -> list[str]:
        """Those in the file."""
        return list(self._file.keys())


def check_device(device: str) -> None:
    """Refuse a device that nothing can be computed on.

    Raises:
        ConformanceError: it is unknown, or not here.
    """
    try:
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as error:  # torch's ways to say so
        reason = str(error).partition("\n")[0]
        raise ConformanceError(
            f"device {device!r} cannot be used ({reason}): try cpu, cuda or mps"
        ) from error


def compare(expected: Tensor, got: Tensor, *, atol: float = 0.0, rtol: float = 0.0) -> Result:
    """Compare two tensors, element by element.

    Args:
        expected: floating point, any shape, on the CPU.
        got: on any device.
        atol: the difference that an element may have.
        rtol: what it may have more, as a share of the expected element.

    Returns:
        A result whose error is relative where only ``rtol`` is given, and absolute otherwise.
    """
    got = got.detach().cpu()
    if expected.shape != got.shape:
        return Result({"shape": list(expected.shape)}, {"shape": list(got.shape)}, False, math.inf)
    if expected.numel() == 0:
        return Result([], [], True, 0.0)
    wanted, found = expected.double(), got.double()
    difference = (found - wanted).abs().nan_to_num(nan=math.inf, posinf=math.inf)
    excess = difference - (atol + rtol * wanted.abs())
    worst = int(excess.argmax())
    error = difference if atol else difference / wanted.abs().clamp(min=torch.finfo(torch.float32).tiny)
    largest = float(torch.where(difference == 0, 0.0, error).max())
    return Result(_shown(wanted, worst), _shown(found, worst), float(excess.max()) <= 0, largest)


def compare_all(parts: list[Result]) -> Result:
    """Several tensors of one case as one result: that of the worst, passing where all pass."""
    worst = max(parts, key=lambda part: (not part.is_equal, part.error or 0.0))
    errors = [part.error for part in parts if part.error is not None]
    return Result(worst.expected, worst.got, worst.is_equal, max(errors, default=None))


def _shown(tensor: Tensor, at: int) -> dict[str, Any]:
    place = torch.unravel_index(torch.tensor(at), tensor.shape)
    index = ", ".join(str(int(i)) for i in place)
    return {"shape": list(tensor.shape), f"at [{index}]": float(tensor.reshape(-1)[at])}
