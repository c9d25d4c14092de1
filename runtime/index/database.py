"""The file that the index is kept in: SQLite, shared by any number of processes.

It is opened with a log written ahead, so that readers never wait, and every change is a transaction of its
own: whatever is interrupted leaves what was finished. A damaged file is put aside, not deleted.
"""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from mezzotint.grammar.errors import MezzotintError

LOCATION = "MEZZOTINT_INDEX"
_APPLICATION = 0x4D5A5449  # "MZTI" in the file's header: no other program's database is touched
_VERSION = 1
_PATIENCE = 20.0  # seconds that a process waits for others to finish writing
_SCHEMA = """
CREATE TABLE folders (path BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE files (
    path BLOB PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, kind TEXT NOT NULL, family TEXT,
    name BLOB NOT NULL, alias BLOB, width INTEGER, height INTEGER, problem BLOB,
    sha256 TEXT, legacy TEXT, network TEXT, folder_hash TEXT
) WITHOUT ROWID;
"""


class IndexFileError(MezzotintError):
    """The index cannot be read or written."""


def index_file() -> Path:
    """Where the index is: environment variable ``MEZZOTINT_INDEX``, or the user's folder for data.

    Raises:
        IndexFileError: there is neither that variable nor a home folder.
    """
    if named := os.environ.get(LOCATION):
        return Path(named)
    home = os.environ.get("XDG_DATA_HOME")
    try:
        return (Path(home) if home else Path.home() / ".local" / "share") / "mezzotint" / "index.sqlite"
    except RuntimeError as error:
        raise IndexFileError(f"there is no home folder for the index of models: set {LOCATION}") from error


@contextmanager
def told(path: Path) -> Iterator[None]:
    """What goes wrong with the file, in words.

    Raises:
        IndexFileError: anything did.
    """
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        reason = getattr(error, "strerror", None) or error
        raise IndexFileError(
            f"cannot use the index of models at {path}: {reason}; "
            f"try again, or name another place with {LOCATION}"
        ) from error


def open_database(path: Path) -> tuple[sqlite3.Connection, str | None]:
    """Open the index, making it if need be.

    Returns:
        The connection, and what happened to a damaged file, in words.

    Raises:
        IndexFileError: it cannot be opened, or belongs to another program or a newer version.
    """
    with told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        seen = _identity(path)
        try:
            return _opened(path), None
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):  # locked, read-only, full: not the content
                raise
            return _rebuilt(path, seen)


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)
    try:
        connection.execute("PRAGMA trusted_schema = OFF")  # a stranger's file runs nothing
        if _value(connection, "PRAGMA quick_check(1)") != "ok":
            raise sqlite3.DatabaseError("its content is damaged")
        _prepare(connection, path)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Make the tables, unless they are there."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        application = _value(connection, "PRAGMA application_id")
        if not application and not _value(connection, "SELECT count(*) FROM sqlite_schema"):
            for statement in filter(str.strip, _SCHEMA.split(";")):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {_APPLICATION}")
            connection.execute(f"PRAGMA user_version = {_VERSION}")
        elif application != _APPLICATION:
            raise IndexFileError(f"{path} is another program's database: name another place with {LOCATION}")
        elif _value(connection, "PRAGMA user_version") != _VERSION:
            raise IndexFileError(
                f"{path} is of another version of mezzotint: update it, or name another place with {LOCATION}"
            )
    finally:
        connection.execute("COMMIT")


def _value(connection: sqlite3.Connection, statement: str) -> object:
    row = connection.execute(statement).fetchone()
    return None if row is None else row[0]


def _identity(path: Path) -> tuple[int, int] | None:
    with suppress(FileNotFoundError):
        status = path.stat()
        return status.st_dev, status.st_ino
    return None


def _rebuilt(path: Path, seen: tuple[int, int] | None) -> tuple[sqlite3.Connection, str | None]:
    """A new index in the place of a damaged one, with its folders as far as they can be read."""
    if _identity(path) != seen:  # another process was faster
        return _opened(path), None
    folders = _salvaged(path)
    aside = path.with_name(f"{path.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}")
    path.replace(aside)
    for ending in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            path.with_name(path.name + ending).replace(aside.with_name(aside.name + ending))
    connection = _opened(path)
    connection.executemany("INSERT OR IGNORE INTO folders VALUES (?)", folders)
    kept = f"its {len(folders)} folders are kept" if folders else "add the folders again"
    return connection, f"the index of models was damaged, so it was put aside as {aside}: {kept}"


def _salvaged(path: Path) -> list[tuple[bytes]]:
    try:
        with closing(sqlite3.connect(path, timeout=_PATIENCE)) as connection:
            return [
                row for row in connection.execute("SELECT path FROM folders") if isinstance(row[0], bytes)
            ]
    except sqlite3.Error:
        return []
