"""Files of named tensors: safetensors, and pickles as far as they can be read without running them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from mezzotint.runtime.models.header import Header, Shapes, TensorFileError, read_header

if TYPE_CHECKING:
    from torch import Tensor

Wanted: TypeAlias = Callable[[str], bool]

SUFFIXES = (".safetensors", ".ckpt", ".pt")


@dataclass
class SafetensorsFile:
    """A safetensors file; its header is read when first asked for, and tensors each time."""

    path: Path

    @cached_property
    def header(self) -> Header:
        """See :func:`mezzotint.runtime.models.header.read_header`."""
        return read_header(self.path)

    @property
    def shapes(self) -> Shapes:
        """The shape of each tensor."""
        return self.header.shapes

    def read(self, wanted: Wanted) -> "dict[str, Tensor]":
        """The tensors whose names are wanted, as they are stored.

        Raises:
            TensorFileError: the file is damaged.
        """
        from safetensors import SafetensorError, safe_open

        names = [name for name in self.header.tensors if wanted(name)]
        try:
            with safe_open(self.path, framework="pt") as file:
                return {name: file.get_tensor(name) for name in names}
        except (SafetensorError, OSError) as error:
            raise TensorFileError(f"{self.path} is damaged ({error}): download it again") from error


@dataclass
class PickleFile:
    """A ``.ckpt`` or ``.pt`` file, which must be read whole to know what is in it."""

    path: Path

    @cached_property
    def state(self) -> "dict[str, Tensor]":
        """Its tensors.

        Raises:
            TensorFileError: reading it would run code stored in it, or it holds no tensors.
        """
        from mezzotint.runtime.models.pickles import read_pickle

        return read_pickle(self.path)

    @property
    def shapes(self) -> Shapes:
        """The shape of each tensor."""
        return {name: tuple(tensor.shape) for name, tensor in self.state.items()}

    def read(self, wanted: Wanted) -> "dict[str, Tensor]":
        """The tensors whose names are wanted, as they are stored."""
        return {name: tensor for name, tensor in self.state.items() if wanted(name)}


TensorFile: TypeAlias = SafetensorsFile | PickleFile


def tensor_file(path: str | Path) -> TensorFile:
    """The file as its suffix says; nothing is read yet.

    Raises:
        TensorFileError: it is of no known kind.
    """
    path = Path(path)
    match path.suffix.lower():
        case ".safetensors":
            return SafetensorsFile(path)
        case ".ckpt" | ".pt":
            return PickleFile(path)
    raise TensorFileError(f"{path} is no model file: name one of {', '.join(SUFFIXES)}")
