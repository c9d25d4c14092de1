"""What lies in folders of models, told from headers alone."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.models.folder import BUILTIN, ModelFolder, ModelSource, find_model
from mezzotint.runtime.models.hashes import embedding_hash, lora_hash, model_hash
from mezzotint.runtime.models.identify import Kind, identify
from mezzotint.runtime.models.single_file import SingleFile
from mezzotint.runtime.models.tensors import SUFFIXES, SafetensorsFile, tensor_file

FOLDER = "diffusers folder"
PICKLE = "pickle"  # what is in it shows only when it is loaded


@dataclass(frozen=True, slots=True)
class Found:
    """One model, or a file that goes with one.

    Attributes:
        name: as infotexts name it.
        kind: a :class:`mezzotint.runtime.models.identify.Kind`, "diffusers folder" or "pickle".
        family: the models it belongs to, ``None`` where that does not show.
        path: where it is.
        native_size: width and height in pixels of the pictures it was trained on, for models.
        problem: why nothing can be done with it.
    """

    name: str
    kind: str
    family: str | None
    path: Path
    native_size: tuple[int, int] | None = None
    problem: str | None = None

    def hash(self) -> str | None:
        """As infotexts name it: 10 digits of models and VAEs, 12 of LoRA files and embeddings.

        Raises:
            MezzotintError: the file cannot be read.
        """
        if self.problem is not None:
            return None
        if self.kind == FOLDER:
            return ModelFolder(self.path, self.name).hash()
        hashes = {Kind.LORA.value: lora_hash, Kind.EMBEDDING.value: embedding_hash}
        return hashes.get(self.kind, model_hash)(self.path)


def built_in() -> Found:
    """The built-in model.

    Raises:
        MezzotintError: it is missing.
    """
    return _of_source(find_model(BUILTIN), FOLDER)


def find_files(place: str | Path) -> Iterator[Found]:
    """The models at a place: a file, a model folder, or a folder with such things at any depth.

    Damaged files are among them, with the problem; links to folders are not followed.

    Raises:
        MezzotintError: there is no such place.
    """
    yield from map(look_at, model_paths(place))


def model_paths(place: str | Path) -> Iterator[Path]:
    """Where :func:`find_files` finds something, which is not opened.

    Raises:
        MezzotintError: there is no such place.
    """
    path = Path(place)
    if path.is_file():
        yield path
    elif not path.is_dir():
        raise MezzotintError(f"no file or folder at {path}: name a place where models are")
    else:
        for folder, below, files in os.walk(path):
            below.sort()
            here = Path(folder)
            if "unet" in below:
                below.clear()
                yield here
                continue
            yield from (
                here / name for name in sorted(files) if _is_model_file(name) and not (here / name).is_fifo()
            )


def look_at(path: Path) -> Found:
    """What is at one of the :func:`model_paths`."""
    return _of_folder(path) if path.is_dir() else _of_file(path)


def _is_model_file(name: str) -> bool:
    return name.lower().endswith(SUFFIXES) and not name.startswith(".")


def _of_folder(path: Path) -> Found:
    try:
        return _of_source(find_model(path), FOLDER)
    except MezzotintError as error:
        return Found(path.resolve().name, FOLDER, None, path, problem=str(error))


def _of_file(path: Path) -> Found:
    try:
        file = tensor_file(path)
        if not isinstance(file, SafetensorsFile):
            return Found(path.stem, PICKLE, None, path)
        identity = identify(file.shapes)
        if identity.is_renderable:
            return _of_source(SingleFile(path), identity.kind)
    except MezzotintError as error:
        return Found(path.stem, Kind.UNKNOWN, None, path, problem=str(error))
    problem = f"{path} is {identity.description}" if identity.kind is Kind.CHECKPOINT else None
    return Found(path.stem, identity.kind, identity.family, path, problem=problem)


def _of_source(source: ModelSource, kind: str) -> Found:
    return Found(source.name, kind, source.family, source.path, source.native_size)
