"""Looking files up in the index, by a name or by any of their hashes."""

import re
from collections.abc import Iterable

from mezzotint.runtime.index.entry import MIN_DIGITS, Entry

_DIGITS = re.compile(rf"[0-9a-fA-F]{{{MIN_DIGITS},64}}")


def is_hash(text: str) -> bool:
    """Whether a text can be a hash, or the beginning of one."""
    return _DIGITS.fullmatch(text) is not None


def find(entries: Iterable[Entry], text: str) -> list[Entry]:
    """The files that a text means: a name, a stem, an alias, a path's end, or the beginning of a hash."""
    return [entry for entry in entries if has_hash(entry, text) or has_name(entry, text)]


def has_hash(entry: Entry, text: str) -> bool:
    """Whether a hash of the file begins so."""
    if not is_hash(text) or entry.hashes is None:
        return False
    digits = text.lower()
    found = (*entry.hashes.strong(), entry.hashes.legacy)
    # One may be longer than what the other program or the index has kept of it.
    return any(own and (own.startswith(digits) or _kept(own, digits)) for own in found)


def _kept(own: str, digits: str) -> bool:
    return MIN_DIGITS < len(own) < len(digits) and digits.startswith(own)


def is_whole(entry: Entry, sha256: str) -> bool:
    """Whether the whole file has this SHA-256."""
    return entry.hashes is not None and entry.hashes.sha256 == sha256


def contents(entries: Iterable[Entry]) -> list[Entry]:
    """One entry for each content: copies of a file count once, and so does what was never hashed."""
    found = {(entry.hashes.strong() if entry.hashes else None) or entry.path: entry for entry in entries}
    return list(found.values())


def has_name(entry: Entry, text: str) -> bool:
    """Whether the file goes by a name, whatever the case and with its ending or without."""
    wanted = text.casefold()
    return wanted in {name.casefold() for name in names(entry)}


def names(entry: Entry) -> set[str]:
    """What a file may be called."""
    return {entry.name, entry.path.name, entry.path.stem, str(entry.path), *filter(None, (entry.alias,))}
