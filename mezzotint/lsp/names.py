"""The names that a user's files give to prompts: networks, embeddings, wildcards. Nothing is loaded."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from mezzotint.lsp.settings import Settings
from mezzotint.runtime.networks.folders import files_below
from mezzotint.runtime.networks.library import NetworkLibrary

EMBEDDINGS = (".safetensors", ".pt", ".bin")
WILDCARDS = (".txt",)


class Names(NamedTuple):
    """What is at hand; ``None`` where no folder was named, so that nothing is known.

    Attributes:
        networks, hypernetworks: as tags call them.
        embeddings: the stems of their files.
        wildcards: files below their folder, without the ending.
    """

    networks: tuple[str, ...] | None = None
    hypernetworks: tuple[str, ...] | None = None
    embeddings: tuple[str, ...] | None = None
    wildcards: tuple[str, ...] | None = None


def find_names(settings: Settings) -> Names:
    """Look into the folders."""
    return Names(
        _networks(settings.networks),
        _networks(settings.hypernetworks),
        _embeddings(settings.embeddings),
        _wildcards(settings.wildcards),
    )


def _networks(folders: tuple[str, ...]) -> tuple[str, ...] | None:
    return tuple(NetworkLibrary(map(_path, folders)).names) if folders else None


def _embeddings(folders: tuple[str, ...]) -> tuple[str, ...] | None:
    if not folders:
        return None
    return tuple(sorted({path.stem for path in files_below(map(_path, folders), EMBEDDINGS)}))


def _wildcards(folders: tuple[str, ...]) -> tuple[str, ...] | None:
    return tuple(sorted(set(_below(folders)))) if folders else None


def _below(folders: Iterable[str]) -> Iterable[str]:
    for folder in map(_path, folders):
        for path in files_below([folder], WILDCARDS):
            yield path.relative_to(folder).with_suffix("").as_posix()


def _path(folder: str) -> Path:
    return Path(folder).expanduser()
