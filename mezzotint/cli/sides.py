"""What two files that are compared say of themselves."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from mezzotint.compiler.ir import Program
from mezzotint.grammar.document import Dialect, read_document
from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.metadata.describe import describe
from mezzotint.runtime.request import Request, read_request

_RESOURCES = ("Model", "Model hash", "VAE", "VAE hash", "Lora hashes", "TI hashes", "Hashes", "Version")
_DIGESTS = frozenset({"infotext", "pixels", "program", "stages"})  # differ wherever anything does
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
    record = {key: value for key, value in _flat(found.record or {}) if key not in _DIGESTS}
    is_picture = found.container != "text"
    text = found.parameters
    if text is None and made is not None:
        text = made.infotext
    if text is None:
        return Side(str(path), is_picture, None, {}, record, "no prompt is recorded in it")
    document = read_document(text, Dialect.INFOTEXT)
    items = {s.key: s.value or "" for s in document.infotext.settings} if document.infotext else {}
    try:
        request = read_request(document)
        return Side(str(path), is_picture, request.program(), _settings(request, items), record)
    except MezzotintError as error:
        return Side(str(path), is_picture, None, items, record, str(error))


def _settings(request: Request, items: Mapping[str, str]) -> Facts:
    known = {key: value for key, value in _flat(asdict(request.settings)) if key not in _PROMPTS}
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
