"""The header of a safetensors file: names, types and shapes of its tensors, read with bounds.

The file is a stranger's: its header is limited in size and depth, and every tensor must lie inside the file.
Source: the format's description, https://github.com/huggingface/safetensors.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any, TypeAlias

from mezzotint.grammar.errors import MezzotintError

MAX_HEADER = 32 << 20  # bytes; SDXL takes a third of a megabyte, LoRA files with training records a few
Shapes: TypeAlias = Mapping[str, tuple[int, ...]]

_PREFIX = 8  # bytes, the header's length as a little-endian integer
_MAX_DIMENSIONS = 8
_BITS = {
    **dict.fromkeys(("F64", "I64", "U64", "C64"), 64),
    **dict.fromkeys(("F32", "I32", "U32"), 32),
    **dict.fromkeys(("F16", "BF16", "I16", "U16"), 16),
    **dict.fromkeys(("F8_E4M3", "F8_E5M2", "F8_E8M0", "I8", "U8", "BOOL"), 8),
    "F4": 4,
}


class TensorFileError(MezzotintError):
    """The file is not what its name promises, or damaged."""


@dataclass(frozen=True, slots=True)
class TensorInfo:
    """One tensor: its type as the format names it, and its shape."""

    dtype: str
    shape: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Header:
    """What a safetensors file says of itself.

    Attributes:
        tensors: by name, in the file's order.
        metadata: free text by key.
        data_start: offset in bytes of the first tensor's data.
    """

    tensors: Mapping[str, TensorInfo]
    metadata: Mapping[str, str]
    data_start: int

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shapes alone, by name."""
        return {name: info.shape for name, info in self.tensors.items()}


def read_header(path: str | Path) -> Header:
    """Read a file's header, and nothing else of it.

    Raises:
        TensorFileError: it cannot be opened, is no safetensors file, is cut short, or contradicts itself.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            length = int.from_bytes(file.read(_PREFIX), "little")
            if size < _PREFIX + 2 or not 2 <= length <= size - _PREFIX:
                raise TensorFileError(
                    f"{path} is no safetensors file, or was cut short: download it again, and check that it "
                    "is not a web page saved under that name"
                )
            if length > MAX_HEADER:
                raise TensorFileError(f"{path}: its header of {length} bytes is too large to be a model's")
            content = _parse(file.read(length), path)
    except OSError as error:
        raise TensorFileError(f"cannot read {path}: {error.strerror or error}") from error
    metadata = content.pop("__metadata__", {})
    if not isinstance(metadata, dict):
        raise _damaged(path, "its metadata is no table")
    available = size - _PREFIX - length
    tensors = {name: _tensor(name, entry, available, path) for name, entry in content.items()}
    texts = {key: value for key, value in metadata.items() if isinstance(value, str)}
    return Header(tensors, texts, _PREFIX + length)


def _parse(data: bytes, path: Path) -> dict[str, Any]:
    try:
        content = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise _damaged(path, "its header is not JSON") from error
    if not isinstance(content, dict):
        raise _damaged(path, "its header is no table")
    return content


def _tensor(name: str, entry: object, available: int, path: Path) -> TensorInfo:
    match entry:
        case {"dtype": str(dtype), "shape": list(shape), "data_offsets": [int(start), int(end)]} if len(
            shape
        ) <= _MAX_DIMENSIONS and all(type(side) is int and 0 <= side < 2**48 for side in shape):
            pass
        case _:
            raise _damaged(path, f"the entry of tensor {name!r} is malformed")
    if not 0 <= start <= end <= available:
        raise _damaged(path, f"tensor {name!r} lies outside the file, which was perhaps cut short")
    bits = _BITS.get(dtype)
    if bits is not None and (end - start) * 8 != prod(shape) * bits:
        raise _damaged(path, f"tensor {name!r} does not have the size of its shape")
    return TensorInfo(dtype, tuple(shape))


def _damaged(path: Path, what: str) -> TensorFileError:
    return TensorFileError(f"{path} is damaged ({what}): download it again")


def below(shapes: Shapes, prefix: str) -> dict[str, tuple[int, ...]]:
    """The shapes of the tensors whose names begin so, by the rest of their names."""
    return {name.removeprefix(prefix): shape for name, shape in shapes.items() if name.startswith(prefix)}
