"""The files that a picture is made with: those that the user names, and what the index has for the rest."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

from mezzotint.grammar.diagnostics import printable
from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.index.entry import Entry
from mezzotint.runtime.index.find import contents, find, names
from mezzotint.runtime.index.index import known_entries
from mezzotint.runtime.index.resolve import Match, Resolution, resolve
from mezzotint.runtime.index.wanted import KINDS, Role
from mezzotint.runtime.models.folder import BUILTIN
from mezzotint.runtime.networks.library import NetworkLibrary
from mezzotint.runtime.record.files import RecordedFile
from mezzotint.runtime.request import Request

_MAX_CANDIDATES = 8


class ChoiceError(MezzotintError):
    """A file is not in the index, or more than one could be meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the user names.

    Attributes:
        model, vae, refiner: a path, or the name or a hash of an indexed file; ``None`` is not named.
        loras, hypernets, embeddings: folders, which go before the index.
    """

    model: str | Path | None = None
    vae: str | Path | None = None
    refiner: str | Path | None = None
    loras: tuple[str | Path, ...] = ()
    hypernets: tuple[str | Path, ...] = ()
    embeddings: tuple[str | Path, ...] = ()

    @property
    def folders(self) -> dict[Role, tuple[str | Path, ...]]:
        """The folders by role."""
        return {Role.LORA: self.loras, Role.HYPERNET: self.hypernets, Role.EMBEDDING: self.embeddings}


@dataclass(frozen=True, slots=True)
class Chosen:
    """The files for a picture.

    Attributes:
        model: ``None`` where one is named and not there.
        vae, refiner: ``None`` where there is none.
        found: what the picture names and the user does not.
    """

    model: str | Path | None
    vae: str | Path | None
    refiner: str | Path | None
    found: Resolution

    def model_for(self, name: str, default: str | None = None) -> str | Path:
        """The model.

        Args:
            name: what to call the picture or text in messages.
            default: for what names none.

        Raises:
            ChoiceError: it is not there.
        """
        if self.model is not None:
            return self.model
        if default is not None and not any(m.wanted.role is Role.MODEL for m in self.found.matches):
            return default
        lines = "\n".join(f"  {line}" for line in self.found.missing or ("a model that it does not name",))
        raise ChoiceError(
            f"{printable(name)} was made with files that are not in the index of models:\n{lines}\n"
            "add their folder (mezzotint models add FOLDER), or say where the model is, with --model PATH"
        )


class Chooser:
    """Chooses files by what is given, and by an index that is read only if need be.

    Args:
        given: what the user names.
        entries: the index; ``None`` is the user's.
    """

    def __init__(self, given: Given, entries: Iterable[Entry] | None = None) -> None:
        self.given = given
        self._entries = entries

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """What is in the index and still there.

        Raises:
            IndexFileError: it cannot be read.
        """
        known = known_entries() if self._entries is None else self._entries
        return tuple(entry for entry in known if entry.path.exists())

    def choose(
        self, request: Request, items: Mapping[str, str], recorded: Iterable[RecordedFile] = ()
    ) -> Chosen:
        """The files for a request.

        Args:
            request: what is to be made.
            items: the settings of its infotext, as they stand in it.
            recorded: the files that its record names.

        Raises:
            MezzotintError: what the user names is not there, or more than one could be meant.
        """
        given = {
            role: self._named(role, text)
            for role, text in (
                (Role.MODEL, self.given.model),
                (Role.VAE, self.given.vae),
                (Role.REFINER, self.given.refiner),
            )
            if text is not None
        }
        found = resolve(request, items, None if self._entries is None else self.entries, recorded)
        found = found.without(given.keys())
        model = (
            given.get(Role.MODEL) or found.path(Role.MODEL) or (BUILTIN if request.model == BUILTIN else None)
        )
        vae = given.get(Role.VAE) or found.path(Role.VAE)
        return Chosen(model, vae, given.get(Role.REFINER) or found.path(Role.REFINER), found)

    def check_rivals(self, found: Resolution) -> None:
        """Refuse names that stand for files that are not the same, unless a folder of the user's decides.

        Raises:
            ChoiceError: the first such name, with the files.
        """
        for match in found.matches:
            if match.rivals and not self.is_given(match):
                raise _ambiguous(str(match.wanted.role), match.wanted.name, match.rivals)

    def is_given(self, match: Match) -> bool:
        """Whether a folder that the user names holds it."""
        folders = self.given.folders.get(match.wanted.role, ())
        return bool(folders) and match.wanted.name in NetworkLibrary(folders).names

    def _named(self, role: Role, text: str | Path) -> str | Path:
        """The file that a user's word stands for: a path, or a name or hash of the index."""
        if text == BUILTIN or Path(text).exists():
            return text
        usable = [entry for entry in self.entries if entry.kind in KINDS[role]]
        matching = find(usable, str(text))
        found = [entry for entry in matching if entry.path.stem == str(text)] or matching
        if not found:
            raise ChoiceError(_unknown(role, str(text), usable))
        if len(contents(found)) > 1:
            raise _ambiguous(str(role), str(text), contents(found))
        return min(found, key=lambda entry: entry.problem is not None).path


def _unknown(role: Role, text: str, usable: Iterable[Entry]) -> str:
    known = {name.casefold(): name for entry in usable for name in names(entry) if "/" not in name}
    close = get_close_matches(text.casefold(), known, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(printable(repr(known[name])) for name in close)}? " if close else ""
    own = f", or {BUILTIN!r}" if role is not Role.VAE else ""
    return (
        f"no {role} at {printable(text)}, and none of that name or hash in the index of models: {hint}"
        f"name a .safetensors file, a diffusers folder{own}; mezzotint models lists the index"
    )


def _ambiguous(role: str, text: str, rivals: Iterable[Entry]) -> ChoiceError:
    found = list(rivals)
    lines = [f"  {printable(str(one.path))} (hash {one.short_hash or 'unknown'})" for one in found]
    more = [f"  … and {len(lines) - _MAX_CANDIDATES} more"] if len(lines) > _MAX_CANDIDATES else []
    listed = "\n".join([*lines[:_MAX_CANDIDATES], *more])
    return ChoiceError(
        f'the {role} "{printable(text)}" could be any of {len(found)} files:\n{listed}\n'
        "name its hash, or its path"
    )
