"""From the files that an infotext names to files on the disk."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from mezzotint.grammar.diagnostics import printable
from mezzotint.runtime.index.entry import Entry
from mezzotint.runtime.index.find import contents, has_hash, has_name, is_hash, is_whole
from mezzotint.runtime.index.index import known_entries
from mezzotint.runtime.index.wanted import KINDS, Role, Wanted, wanted_files
from mezzotint.runtime.record.files import RecordedFile
from mezzotint.runtime.request import Request


@dataclass(frozen=True, slots=True)
class Match:
    """A file that is wanted, and the one that is there for it.

    Attributes:
        wanted: what the infotext says.
        path: the file; ``None`` when there is none.
        note: how it differs from what is wanted, in words.
        rivals: where no hash tells which is meant, every file of that name, if they are not the same.
    """

    wanted: Wanted
    path: Path | None = None
    note: str | None = None
    rivals: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Resolution:
    """The files for a picture.

    Attributes:
        matches: one for each file that its infotext names.
    """

    matches: tuple[Match, ...] = ()

    def path(self, role: Role) -> Path | None:
        """The model, the refiner or the VAE."""
        return next(iter(self.named(role).values()), None)

    def named(self, role: Role) -> dict[str, Path]:
        """The networks of a kind, by the names that prompts call them by."""
        return {m.wanted.name: m.path for m in self.matches if m.wanted.role is role and m.path is not None}

    @property
    def missing(self) -> tuple[str, ...]:
        """What is not there: a line for each file, with its name and hash."""
        return tuple(str(match.wanted) for match in self.matches if match.path is None)

    @property
    def notes(self) -> tuple[str, ...]:
        """What may be another file than the one that was used, in words."""
        return tuple(match.note for match in self.matches if match.note is not None)

    def without(self, roles: Collection[Role]) -> "Resolution":
        """What is left when the files for some roles come from elsewhere."""
        return Resolution(tuple(match for match in self.matches if match.wanted.role not in roles))


def resolve(
    request: Request,
    items: Mapping[str, str],
    entries: Iterable[Entry] | None = None,
    recorded: Iterable[RecordedFile] = (),
) -> Resolution:
    """Find what a picture was made with: by its hash, by the short hash of old, and then by its name.

    Args:
        request: what its infotext asks for.
        items: the settings of the infotext, as they stand in it.
        entries: where to look; those of the user's index, which is read only if any file is wanted.
        recorded: the files that its record names; their SHA-256 goes before all else.

    Raises:
        PromptError: the prompts mean nothing.
        IndexFileError: the index cannot be read.
    """
    wanted = wanted_files(request, items, recorded)
    if wanted and entries is None:
        entries = known_entries()
    known = [entry for entry in entries or () if entry.path.exists()]
    return Resolution(tuple(_match(one, known) for one in wanted))


def _match(wanted: Wanted, entries: Iterable[Entry]) -> Match:
    usable = [entry for entry in entries if entry.kind in KINDS[wanted.role]]
    whole = [entry for entry in usable if wanted.sha256 and is_whole(entry, wanted.sha256)]
    if whole:
        return Match(wanted, _first(whole, [e for e in whole if has_name(e, wanted.name)]).path)
    by_hash = [entry for entry in usable if wanted.hash and has_hash(entry, wanted.hash)]
    named = [entry for entry in usable if wanted.name and has_name(entry, wanted.name)]
    strong = [entry for entry in by_hash if not _is_legacy(entry, wanted.hash)]
    if strong:
        return Match(wanted, _first(strong, named).path)
    if by_hash:
        found = _first(by_hash, named)
        return Match(wanted, found.path, _weak_note(wanted, found, len(by_hash)))
    if named:
        named = [entry for entry in named if entry.path.stem == wanted.name] or named
        found, rivals = _first(named, named), contents(named)
        is_told = len(rivals) == 1 or is_hash(wanted.hash)
        return Match(wanted, found.path, _name_note(wanted, found), () if is_told else tuple(rivals))
    return Match(wanted)


def _first(found: list[Entry], preferred: list[Entry]) -> Entry:
    """Of several the one of the right name, and one that can be used rather than a damaged one."""
    return min(found, key=lambda entry: (entry.problem is not None, entry not in preferred))


def _is_legacy(entry: Entry, digest: str) -> bool:
    return entry.hashes is not None and entry.hashes.legacy == digest.lower()


def _weak_note(wanted: Wanted, found: Entry, count: int) -> str | None:
    if count == 1 and has_name(found, wanted.name):
        return None
    others = "" if count == 1 else f", as have {count - 1} others"
    return f"{wanted} is taken to be {_shown(found.path)}, which has that short hash{others}"


def _name_note(wanted: Wanted, found: Entry) -> str | None:
    """A hash that is not there to compare with is no difference."""
    start = f"{wanted} is taken to be {_shown(found.path)} by its name"
    if not is_hash(wanted.hash):
        return f"{start} alone, as no hash is recorded"
    if found.hashes is None:
        return f'{start} alone; "mezzotint models refresh" computes its hash'
    return f"{start}, though its hash is {found.short_hash or 'another'}"


def _shown(path: Path) -> str:
    return printable(str(path))
