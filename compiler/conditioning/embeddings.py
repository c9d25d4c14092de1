"""Textual-inversion embeddings: vectors that a name in a prompt stands for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from torch import Tensor

from mezzotint.grammar.errors import MezzotintError

SUFFIXES = (".safetensors", ".pt", ".bin")


class EmbeddingFileError(MezzotintError):
    """The file holds no embedding that can be used."""


@dataclass(frozen=True, slots=True, eq=False)
class Embedding:
    """A learned word.

    Attributes:
        name: what stands for it in prompts.
        vectors: float32 ``(count, channels)``, one tensor for each text encoder of the model.
    """

    name: str
    vectors: tuple[Tensor, ...]

    @property
    def count(self) -> int:
        """Tokens it takes; the last encoder decides, as in the reference."""
        return self.vectors[-1].shape[0]

    @property
    def channels(self) -> tuple[int, ...]:
        """Width of the encoders it was made for."""
        return tuple(v.shape[-1] for v in self.vectors)


def load_embedding(path: str | Path) -> Embedding:
    """Read ``.safetensors``, ``.pt`` or ``.bin``; the file's stem becomes the name.

    Raises:
        EmbeddingFileError: the file cannot be read without running code from it, or it holds none of the
            known layouts (``emb_params``, ``clip_l`` with ``clip_g``, ``string_to_param``, one tensor).
        OSError: the file cannot be opened.
    """
    path = Path(path)
    return embedding_from(_read(path), path.stem, str(path))


def embedding_from(data: Mapping[str, Any], name: str, source: str) -> Embedding:
    """The embedding that the contents of a file hold; ``source`` names it in errors.

    Raises:
        EmbeddingFileError: they are of none of the known layouts.
    """
    if "clip_l" in data and "clip_g" in data:
        found: Sequence[object] = (data["clip_l"], data["clip_g"])
    else:
        tensors = data.get("string_to_param", data)
        tensors = getattr(tensors, "_parameters", tensors)  # torch before 1.12 stored a module
        found = list(tensors.values()) if isinstance(tensors, Mapping) else ()
        if len(found) != 1:
            raise EmbeddingFileError(
                f"{source}: {len(found)} tensors where an embedding has one (or clip_l and clip_g): "
                "is this a textual-inversion file?"
            )
    return Embedding(name, tuple(_vectors(v, source) for v in found))


def load_embeddings(folder: str | Path, channels: tuple[int, ...]) -> list[Embedding]:
    """The embeddings of a folder that fit encoders of these widths, by name; others are left out.

    Raises:
        EmbeddingFileError: as :func:`load_embedding`.
    """
    paths = sorted(p for p in Path(folder).iterdir() if p.suffix.lower() in SUFFIXES)
    return [e for e in map(load_embedding, paths) if e.channels == channels]


def _read(path: Path) -> Mapping[str, Any]:
    try:
        if path.suffix.lower() == ".safetensors":
            from safetensors.torch import load_file

            return load_file(path)
        with torch.serialization.safe_globals([torch.nn.ParameterDict]):
            data = torch.load(path, map_location="cpu", weights_only=True)
    except OSError:
        raise
    except UnpicklingError as error:
        raise EmbeddingFileError(
            f"{path}: reading it would run code stored in it; use a .safetensors version of the embedding"
        ) from error
    except Exception as error:  # whatever a damaged file leads the two libraries to
        raise EmbeddingFileError(f"{path}: not a readable embedding ({error}); download it again") from error
    if not isinstance(data, Mapping):
        raise EmbeddingFileError(
            f"{path}: holds a {type(data).__name__}, no named tensors; is it an embedding?"
        )
    return data


def _vectors(value: object, source: str) -> Tensor:
    if not isinstance(value, Tensor) or value.ndim not in (1, 2):
        raise EmbeddingFileError(f"{source}: no table of vectors in it; is this a textual-inversion file?")
    return value.detach().float().reshape(-1, value.shape[-1])
