"""The names that a user's files give to prompts: networks, embeddings, wildcards. Nothing is loaded."""

import time
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from mezzotint.grammar.errors import MezzotintError
from mezzotint.lsp.settings import Settings
from mezzotint.runtime.networks.folders import files_below
from mezzotint.runtime.networks.library import NetworkLibrary

EMBEDDINGS = (".safetensors", ".pt", ".bin")
WILDCARDS = (".txt",)
_MOMENT = 5.0  # seconds


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


class Indexed(NamedTuple):
    """What is in the index of models; an offer, not all that there is, so nothing is found missing by it."""

    networks: tuple[str, ...] = ()
    embeddings: tuple[str, ...] = ()


def indexed_names() -> Indexed:
    """The names in the index, as they were a moment ago."""
    return _indexed_names(int(time.monotonic() / _MOMENT))


@lru_cache(maxsize=1)
def _indexed_names(_moment: int) -> Indexed:
    from mezzotint.runtime.index.index import known_entries  # whoever completes no name does not wait for it
    from mezzotint.runtime.models.identify import Kind

    try:
        entries = known_entries()
    except MezzotintError:  # the commands that need it say why
        return Indexed()
    kinds = (Kind.LORA, Kind.EMBEDDING)
    return Indexed(*(tuple(one.path.stem for one in entries if one.kind == kind) for kind in kinds))


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
