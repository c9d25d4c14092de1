"""Bringing the index up to date with what is on the disk."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.index.a1111_cache import CachedHash, matched, taken_over
from mezzotint.runtime.index.entry import Entry, Stamp, compute_hashes, read_entry
from mezzotint.runtime.index.index import Index
from mezzotint.runtime.models.scan import model_paths

OnHash: TypeAlias = Callable[[Entry, int, int], None]
"""Called before a file is hashed, with the bytes that are done and those of all."""


@dataclass(slots=True)
class Update:
    """What a refresh did.

    Attributes:
        new: files that were not known, or are not what they were.
        gone: files that are no longer there.
        hashed: files that were read whole.
        taken_over: files whose hashes another program had.
        notes: what could not be read, in words.
    """

    new: int = 0
    gone: int = 0
    hashed: int = 0
    taken_over: int = 0
    notes: list[str] = field(default_factory=list)


def refresh(
    index: Index,
    *,
    hashing: bool = True,
    cached: Iterable[CachedHash] = (),
    on_hash: OnHash | None = None,
) -> Update:
    """Look through all folders of the index.

    A file of the same size and time is not opened again, and each hash is entered as soon as it is known:
    what is interrupted goes on where it was.

    Args:
        index: is changed.
        hashing: whether files without hashes are read whole.
        cached: hashes that another program computed.
        on_hash: is told of the progress.

    Raises:
        IndexFileError: the index cannot be used.
    """
    update = Update()
    known = {entry.path: entry for entry in index.entries}
    seen, lost = _present(index.folders, update)
    for path in seen:
        _look_again(index, path, known, update)
    gone = [path for path in known if path not in seen and not any(path.is_relative_to(f) for f in lost)]
    index.forget(gone)
    update.gone = len(gone)
    _take_over(index, cached, update)
    if hashing:
        _hash(index, update, on_hash or (lambda _entry, _done, _total: None))
    return update


def _present(folders: Iterable[Path], update: Update) -> tuple[set[Path], list[Path]]:
    """What is in the folders, and the folders that are not there: a drive may be away for a while."""
    seen: set[Path] = set()
    lost = []
    for folder in folders:
        try:
            seen.update(model_paths(folder))
        except MezzotintError:
            lost.append(folder)
            update.notes.append(f"{folder} is not there; what is known of it stays in the index")
    return seen, lost


def _look_again(index: Index, path: Path, known: dict[Path, Entry], update: Update) -> None:
    try:
        if path in known and known[path].stamp == Stamp.of(path):
            return
        index.put(read_entry(path))
        update.new += 1
    except OSError as error:
        update.notes.append(f"cannot read {path}: {error.strerror or error}")


def _take_over(index: Index, cached: Iterable[CachedHash], update: Update) -> None:
    waiting = {entry.path: entry for entry in index.entries if entry.hashes is None and entry.can_be_hashed}
    for path, lines in matched(waiting.values(), cached).items():
        hashes = taken_over(waiting[path], lines)
        if hashes.strong():
            index.put(replace(waiting[path], hashes=hashes))
            update.taken_over += 1


def _hash(index: Index, update: Update, on_hash: OnHash) -> None:
    """The small ones first: hundreds of LoRA files are known before the first checkpoint is read."""
    waiting = [entry for entry in index.entries if entry.hashes is None and entry.can_be_hashed]
    done, total = 0, sum(entry.stamp.size for entry in waiting)
    for entry in sorted(waiting, key=lambda entry: entry.stamp.size):
        on_hash(entry, done, total)
        done += entry.stamp.size
        try:
            hashes = compute_hashes(entry)
            if Stamp.of(entry.path) != entry.stamp:
                update.notes.append(f"{entry.path} changed while it was read; refresh again when it is whole")
                continue
        except (MezzotintError, OSError) as error:
            update.notes.append(str(error))
            continue
        index.put(replace(entry, hashes=hashes))
        update.hashed += 1
