"""The files that a picture was made with, as its record names them: never by a path."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePath

from mezzotint.runtime.record.plain import MAX_TEXT

MAX_FILES = 1000
MAX_NAME = 1024  # characters
_MAX_SIZE = 2**63 - 1
_HEX = re.compile(r"[0-9a-f]{8,64}")


class FileRole(StrEnum):
    """What a file did; the values are the record's words."""

    MODEL = "model"
    VAE = "vae"
    REFINER = "refiner"
    LORA = "lora"
    HYPERNETWORK = "hypernetwork"
    EMBEDDING = "embedding"
    INIT = "init"
    MASK = "mask"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedFile:
    """One file, or one model folder.

    Attributes:
        role: what it did.
        name: as the infotext or the prompt calls it; empty where nothing did.
        sha256: of the whole file, 64 hex digits; empty for a folder, and for pixels that came from no file.
        hash: what an infotext names it by, in hex; empty where infotexts have none.
        size: bytes; of a folder, of its weights.
        is_folder: whether it is a diffusers folder, which ``hash`` identifies alone.
    """

    role: FileRole
    name: str = ""
    sha256: str = ""
    hash: str = ""
    size: int | None = None
    is_folder: bool = False

    def to_json(self) -> dict[str, object]:
        """What is known, by the record's keys."""
        known = {
            "role": self.role.value,
            "name": self.name,
            "sha256": self.sha256,
            "hash": self.hash,
            "size": self.size,
            "folder": self.is_folder,
        }
        return {key: value for key, value in known.items() if value not in (None, "") and value is not False}


def read_files(data: object) -> tuple[RecordedFile, ...]:
    """Those entries of a stranger's list that make sense."""
    return tuple(_sane(data)) if isinstance(data, list) else ()


def _sane(data: list[object]) -> Iterator[RecordedFile]:
    roles = {role.value: role for role in FileRole}
    for item in data[:MAX_FILES]:
        if isinstance(item, Mapping) and isinstance(role := item.get("role"), str) and role in roles:
            size = item.get("size")
            yield RecordedFile(
                role=roles[role],
                name=_name(item.get("name")),
                sha256=_digest(item.get("sha256"), 64),
                hash=_digest(item.get("hash")),
                size=size if type(size) is int and 0 <= size <= _MAX_SIZE else None,
                is_folder=item.get("folder") is True,
            )


def _name(value: object) -> str:
    """A name is compared, never opened; still no part of a path comes in with it."""
    if not isinstance(value, str) or len(value) > MAX_NAME:
        return ""
    return base_name(value)


def base_name(name: str) -> str:
    """The last part of what may be a path of any system; empty where that is no name."""
    found = PurePath(name.replace("\\", "/")).name
    return "" if found == ".." else found


def _digest(value: object, digits: int = 0) -> str:
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        return ""
    found = value.lower()
    return found if _HEX.fullmatch(found) and digits in (0, len(found)) else ""
