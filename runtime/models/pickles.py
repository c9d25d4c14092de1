"""Pickled checkpoints, read by torch's restricted reader: tensors and containers, and nothing that runs."""

import warnings
from collections.abc import Mapping
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from torch import Tensor

from mezzotint.runtime.models.header import TensorFileError


def read_pickle(path: Path) -> dict[str, Tensor]:
    """The named tensors of a ``.ckpt`` or ``.pt`` file, mapped into memory where the file allows it.

    Raises:
        TensorFileError: it cannot be read without running code stored in it, or holds no named tensors.
    """
    content = load_restricted(path)
    inner = content.get("state_dict", content) if isinstance(content, Mapping) else {}
    tensors = inner.items() if isinstance(inner, Mapping) else ()
    state = {str(name): value for name, value in tensors if isinstance(value, Tensor)}
    if not state:
        raise TensorFileError(f"{path} holds no named tensors: is it a model?")
    return state


def load_restricted(path: Path) -> Any:
    """What a pickled file holds, on the CPU: tensors, numbers, texts and containers of them.

    Raises:
        TensorFileError: it cannot be read without running code stored in it, or is damaged.
    """
    for mapped in (True, False):  # files from before torch 1.6 cannot be mapped
        try:
            with warnings.catch_warnings(action="ignore"):  # of old formats; what counts is the outcome
                return torch.load(path, map_location="cpu", weights_only=True, mmap=mapped)
        except UnpicklingError as error:
            raise TensorFileError(
                f"{path} is a pickle of more than tensors, and reading it could run a stranger's code:"
                " get the file as .safetensors, or convert it where nothing can be lost"
            ) from error
        except OSError as error:
            raise TensorFileError(f"cannot read {path}: {error.strerror or error}") from error
        except Exception as error:  # noqa: BLE001  (whatever a damaged file leads torch to)
            failure = error
    raise TensorFileError(
        f"{path} is damaged or holds no tensors ({failure}): download it again"
    ) from failure
