"""The textual inversions that a user has, and those that LoRA files carry with them.

Source: behaviour of stable-diffusion-webui v1.10.1, ``modules/textual_inversion/textual_inversion.py`` and
``extensions-builtin/Lora/networks.py``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from torch import Tensor

from mezzotint.compiler.conditioning.embeddings import (
    SUFFIXES,
    Embedding,
    EmbeddingFileError,
    embedding_from,
    load_embedding,
)
from mezzotint.runtime.models.hashes import embedding_hash
from mezzotint.runtime.models.header import TensorFileError
from mezzotint.runtime.models.tensors import tensor_file
from mezzotint.runtime.networks.find import FoundLora
from mezzotint.runtime.networks.folders import files_below
from mezzotint.runtime.networks.network_file import BUNDLED

PICTURES = (".png", ".webp", ".jxl", ".avif")
MAX_SIZE = 64 << 20  # bytes; 75 vectors for SDXL take less than a megabyte


class EmbeddingLibrary:
    """Embedding files below some folders, read when first asked for.

    Args:
        folders: where to look, sub-folders included; of two files with the same stem the last that fits
            a model counts.
        named: files by the names that prompts call them by, for what the folders do not have.
    """

    def __init__(
        self, folders: Iterable[str | Path], named: Mapping[str, Path] = MappingProxyType({})
    ) -> None:
        self.folders = tuple(Path(folder) for folder in folders)
        self._named = named

    @property
    def problems(self) -> tuple[str, ...]:
        """Files that were left out, and why, in words."""
        return self._read[1]

    def fitting(self, channels: tuple[int, ...]) -> list[Embedding]:
        """The embeddings for text encoders of these widths, each name once; others are left out."""
        return [embedding for embedding, _ in self._fitting(channels).values()]

    def hashes(self, names: Iterable[str], channels: tuple[int, ...]) -> dict[str, str]:
        """What :func:`mezzotint.runtime.networks.hashes.ti_hashes` asks for, of those names that fit.

        Raises:
            TensorFileError: a file cannot be read.
        """
        fitting = self._fitting(channels)
        return {name: embedding_hash(fitting[name][1]) for name in names if name in fitting}

    def paths(self, channels: tuple[int, ...]) -> dict[str, Path]:
        """The files of the embeddings that fit, by name."""
        return {name: path for name, (_, path) in self._fitting(channels).items()}

    def _fitting(self, channels: tuple[int, ...]) -> dict[str, tuple[Embedding, Path]]:
        return {e.name: (e, path) for e, path in self._read[0] if e.channels == channels}

    @cached_property
    def _read(self) -> tuple[list[tuple[Embedding, Path]], tuple[str, ...]]:
        found: list[tuple[Embedding, Path]] = []
        problems = []
        files = list(files_below(self.folders, (*SUFFIXES, *PICTURES)))
        with_data = {path.with_suffix("") for path in files if path.suffix.lower() in SUFFIXES}
        in_folders = ((None, path) for path in files if not _is_preview(path, with_data))
        for name, path in (*self._named.items(), *in_folders):
            try:
                if path.stat().st_size:  # downloads that were broken off leave empty files
                    embedding = _load(path)
                    found.append((replace(embedding, name=name or embedding.name), path))
            except EmbeddingFileError as error:
                problems.append(str(error))
            except OSError as error:
                problems.append(f"cannot read {path}: {error.strerror or error}")
        return found, tuple(problems)


def _load(path: Path) -> Embedding:
    """Read one file of a folder of embeddings.

    Raises:
        EmbeddingFileError: it is none, or none that is read.
        OSError: it cannot be opened.
    """
    if path.suffix.lower() in PICTURES:
        raise EmbeddingFileError(
            f"{path}: embeddings inside pictures are not read; convert it to .safetensors"
        )
    if (size := path.stat().st_size) > MAX_SIZE:
        raise EmbeddingFileError(f"{path}: {size >> 20} MiB are too much for an embedding; move it away")
    return load_embedding(path)


def _is_preview(path: Path, with_data: set[Path]) -> bool:
    """Whether a file is a picture that only shows what the embedding beside it does."""
    stem = path.with_suffix("")
    return path.suffix.lower() in PICTURES and (stem.suffix.lower() == ".preview" or stem in with_data)


def bundled_embeddings(loras: Iterable[FoundLora]) -> dict[str, tuple[Embedding, str]]:
    """The embeddings that LoRA files bring along, by name, each with its entry for "TI hashes".

    That entry is the LoRA's name in the prompt. An embedding of the same name from a folder goes first. A
    file that cannot be read brings none: it is for :func:`mezzotint.runtime.networks.apply.applied` to tell.

    Raises:
        EmbeddingFileError: one is of no known layout.
    """
    found: dict[str, tuple[Embedding, str]] = {}
    for lora in loras:
        for name, content in _bundle(lora.path).items():
            embedding = embedding_from(content, name, f"{lora.path}: embedding {name!r}")
            found.setdefault(name, (embedding, lora.tag.name))
    return found


def _bundle(path: Path) -> dict[str, dict[str, Tensor | Mapping[str, Tensor]]]:
    """The contents of each embedding, in the layouts that embedding files have."""
    try:
        tensors = tensor_file(path).read(lambda name: name.startswith(f"{BUNDLED}."))
    except TensorFileError:
        return {}
    contents: dict[str, dict[str, Tensor | Mapping[str, Tensor]]] = {}
    for key, tensor in tensors.items():
        name, _, part = key.removeprefix(f"{BUNDLED}.").partition(".")
        outer, _, inner = part.partition(".")
        content = contents.setdefault(name, {})
        if outer == "string_to_param":
            content[outer] = {inner: tensor}
        else:
            content[part] = tensor
    return contents
