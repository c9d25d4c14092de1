"""The index: the folders that a user keeps models in, and what is in them."""

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any

from mezzotint.runtime.index.database import index_file, open_database, told
from mezzotint.runtime.index.entry import Entry, Hashes, Stamp

_COLUMNS = (
    "path, size, mtime_ns, kind, family, name, alias, width, height, problem, "
    "sha256, legacy, network, folder_hash"
)


class Index:
    """The index in one file; use it in a ``with`` statement.

    Args:
        path: the file, made if need be; by default :func:`mezzotint.runtime.index.database.index_file`.

    Attributes:
        path: the file.
        note: what happened to a damaged file, in words.

    Raises:
        IndexFileError: it cannot be opened; every method raises that where the file cannot be used.
    """

    def __init__(self, path: str | Path | None = None) -> None:
        self.path = index_file() if path is None else Path(path)
        self._connection, self.note = open_database(self.path)

    def __enter__(self) -> "Index":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    @property
    def folders(self) -> tuple[Path, ...]:
        """The places that were added, sorted."""
        return tuple(_path(row[0]) for row in self._rows("SELECT path FROM folders ORDER BY path"))

    def add_folder(self, folder: Path) -> None:
        """Remember a place; what is in it is entered by a refresh."""
        self._run("INSERT OR IGNORE INTO folders VALUES (?)", (_bytes(str(folder)),))

    def remove_folder(self, folder: Path) -> bool:
        """Forget a place; whether it was there. What is known of its files goes with the next refresh."""
        return bool(self._run("DELETE FROM folders WHERE path = ?", (_bytes(str(folder)),)))

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What is known, by path."""
        return tuple(map(_entry, self._rows(f"SELECT {_COLUMNS} FROM files ORDER BY path")))  # noqa: S608

    def put(self, entry: Entry) -> None:
        """Enter a file, or what is new about it."""
        row = _row(entry)
        places = ", ".join("?" * len(row))
        self._run(f"INSERT OR REPLACE INTO files ({_COLUMNS}) VALUES ({places})", row)  # noqa: S608

    def forget(self, paths: Iterable[Path]) -> None:
        """Strike files out; what is not in the index is no matter."""
        for path in paths:
            self._run("DELETE FROM files WHERE path = ?", (_bytes(str(path)),))

    def _rows(self, statement: str) -> list[Any]:
        with told(self.path):
            return self._connection.execute(statement).fetchall()

    def _run(self, statement: str, values: tuple[object, ...]) -> int:
        with told(self.path):
            return self._connection.execute(statement, values).rowcount


def known_entries(path: str | Path | None = None) -> tuple[Entry, ...]:
    """What the index knows; nothing where there is none yet, and none is made.

    Raises:
        IndexFileError: it cannot be read.
    """
    place = index_file() if path is None else Path(path)
    if not place.is_file():
        return ()
    with Index(place) as index:
        return index.entries


def _bytes(text: str) -> bytes:
    """File names may hold what no encoding has: the halves of surrogate pairs are kept as they are."""
    return text.encode("utf-8", "surrogatepass")


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass")


def _path(data: bytes) -> Path:
    return Path(_text(data))


def _row(entry: Entry) -> tuple[object, ...]:
    hashes, size = entry.hashes or Hashes(), entry.native_size or (None, None)
    return (
        _bytes(str(entry.path)),
        entry.stamp.size,
        entry.stamp.mtime_ns,
        entry.kind,
        entry.family,
        _bytes(entry.name),
        None if entry.alias is None else _bytes(entry.alias),
        *size,
        None if entry.problem is None else _bytes(entry.problem),
        hashes.sha256,
        hashes.legacy,
        hashes.network,
        hashes.folder,
    )


def _entry(row: sqlite3.Row) -> Entry:
    path, size, mtime, kind, family, name, alias, width, height, problem, *digests = row
    hashes = Hashes(*digests)
    return Entry(
        _path(path),
        Stamp(size, mtime),
        kind,
        family,
        _text(name),
        None if alias is None else _text(alias),
        (width, height) if width and height else None,
        None if problem is None else _text(problem),
        hashes if hashes != Hashes() else None,
    )
