"""What two files that are compared say of themselves."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from mezzotint.compiler.ir import Program
from mezzotint.grammar.document import Dialect, read_document
from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.metadata.describe import describe
from mezzotint.runtime.record.files import FileRole
from mezzotint.runtime.record.read import read_record
from mezzotint.runtime.record.record import Record
from mezzotint.runtime.request import Request, read_request

_RESOURCES = ("Model", "Model hash", "VAE", "VAE hash", "Lora hashes", "TI hashes", "Hashes", "Version")
_DIGESTS = frozenset({"infotext", "pixels", "program digest", "stages"})  # differ wherever anything does
_ELSEWHERE = (
    "program",
    "prompt",
    "negative_prompt",
    "settings",
    "files",
)  # keys that are compared by what they mean
_SEVERAL = (FileRole.LORA, FileRole.HYPERNETWORK, FileRole.EMBEDDING)
_PROMPTS = frozenset({"hires prompt", "hires negative prompt"})

_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?")  # no hash, such as 12345e6789

Facts = dict[str, str]


@dataclass(frozen=True, slots=True)
class Side:
    """One of two files.

    Attributes:
        name: as it was given.
        is_picture: whether there are pixels to compare.
        program: its prompts, compiled; ``None`` when it has none, or they mean nothing.
        settings: what its picture is made with, defaults filled in, by name.
        record: what Mezzotint wrote beside its infotext, by name.
        problem: why program or settings are not complete.
    """

    name: str
    is_picture: bool
    program: Program | None
    settings: Facts
    record: Facts
    problem: str | None = None


def read_side(path: Path) -> Side:
    """Read a picture, or a text file that holds an infotext.

    Raises:
        MezzotintError: the file cannot be read.
    """
    described = describe(path)
    found, made = described.metadata, described.generation
    record = read_record(found.record).record
    stored = {key: value for key, value in (found.record or {}).items() if key not in _ELSEWHERE}
    facts = {key: value for key, value in _flat({**stored, **_files(record)}) if key not in _DIGESTS}
    is_picture = found.container != "text"
    text = found.parameters
    if text is None and made is not None:
        text = made.infotext
    if text is None:
        return Side(str(path), is_picture, None, {}, facts, "no prompt is recorded in it")
    document = read_document(text, Dialect.INFOTEXT)
    items = {s.key: s.value or "" for s in document.infotext.settings} if document.infotext else {}
    try:
        request = read_request(document, record=record)
        program = _program(request, record, document.source)
        return Side(str(path), is_picture, program, _settings(request, items), facts)
    except MezzotintError as error:
        return Side(str(path), is_picture, None, items, facts, str(error))


def _program(request: Request, record: Record | None, infotext: str) -> Program:
    """The program of the record; compiled where it has none, or somebody changed the infotext."""
    if record is not None and record.program is not None and record.tells_of(infotext):
        return record.program
    return request.program()


def _files(record: Record | None) -> dict[str, str]:
    """What the picture was made with, by what it did and, where that may be several, its name."""
    files = () if record is None else record.files
    return {
        f"{file.role} {file.name}" if file.role in _SEVERAL else str(file.role): file.sha256 or file.hash
        for file in files
    }


def _settings(request: Request, items: Mapping[str, str]) -> Facts:
    resolved = request.settings.resolved  # "Automatic" and the schedule that it stands for are the same
    settings = replace(
        request.settings, sampler=resolved.sampler.name, scheduler=resolved.effective_scheduler
    )
    known = {key: value for key, value in _flat(asdict(settings)) if key not in _PROMPTS}
    others = {key: items[key] for key in (*_RESOURCES, *request.ignored) if items.get(key)}
    return {**known, **others}


def _flat(values: Mapping[str, object], above: str = "") -> Iterator[tuple[str, str]]:
    """Nested values by their names, one level after the other; a name is in words."""
    for key, value in values.items():
        name = f"{above} {key}".strip().replace("_", " ")
        if isinstance(value, Mapping):
            yield from _flat(value, name)
        elif value is not None:
            yield name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def differing(first: Facts, second: Facts) -> list[tuple[str, str | None, str | None]]:
    """The names under which two sides say different things, and what they say."""
    names = dict.fromkeys((*first, *second))
    pairs = ((name, first.get(name), second.get(name)) for name in names)
    return [(name, one, other) for name, one, other in pairs if not _means_the_same(one, other)]


def _means_the_same(one: str | None, other: str | None) -> bool:
    """Whether two values are equal, be it as numbers: ``7`` and ``7.0``."""
    if one == other or one is None or other is None:
        return one == other
    return bool(_NUMBER.fullmatch(one) and _NUMBER.fullmatch(other)) and float(one) == float(other)
