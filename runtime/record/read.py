"""Reading a record, whoever wrote it: every value is checked, and what is not sane is passed over."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.job import RenderSettings
from mezzotint.runtime.record.environment import read_environment
from mezzotint.runtime.record.files import read_files
from mezzotint.runtime.record.plain import MAX_TEXT, from_plain
from mezzotint.runtime.record.program import read_program
from mezzotint.runtime.record.record import FORMAT, Record

_MAX_STAGES = 64
_MAX_WORD = 64  # characters
_MAX_TOLD = 5  # keys that are not known
_MAX_REASON = 200  # characters
_HEX = re.compile(r"[0-9a-f]{1,64}")


@dataclass(frozen=True, slots=True)
class Reading:
    """A record that was read.

    Attributes:
        record: ``None`` where there is none, or none that can be read.
        problems: what of it does not count, in words.
    """

    record: Record | None = None
    problems: tuple[str, ...] = ()


def read_record(data: Mapping[str, object] | None) -> Reading:
    """The record that a file holds, of format 1 or 2."""
    if data is None:
        return Reading()
    version = data.get("version")
    if type(version) is not int or not 1 <= version <= FORMAT:
        return Reading(None, ("its record is of a format that this version cannot read: update mezzotint",))
    found: dict[str, Any] = {
        "version": version,
        "infotext": _digest(data.get("infotext")),
        "pixels": _digest(data.get("pixels")),
        "model_hash": _digest(data.get("model_hash")),
        "program_digest": _digest(data.get("program" if version == 1 else "program_digest")),
        "environment": read_environment(data),
        "stages": _stages(data.get("stages")),
    }
    if version == 1:
        return Reading(Record(**found))
    settings, problems = _settings(data.get("settings"))
    record = Record(
        **found,
        program=read_program(data.get("program"), found["program_digest"]),
        prompt=_prompt(data.get("prompt")),
        negative_prompt=_prompt(data.get("negative_prompt")),
        settings=settings,
        files=read_files(data.get("files")),
    )
    return Reading(record, problems)


def _settings(data: object) -> tuple[RenderSettings | None, tuple[str, ...]]:
    unknown: list[str] = []
    if data is None:
        return None, ()
    try:
        settings = from_plain(RenderSettings, data, unknown)
    except MezzotintError as error:
        return None, (f"the settings in its record do not count: {str(error)[:_MAX_REASON]}",)
    told = (key[:_MAX_WORD] for key in unknown[:_MAX_TOLD])
    return settings, tuple(f'the setting "{key}" of its record is not acted on' for key in told)


def _digest(value: object) -> str:
    return value if isinstance(value, str) and len(value) <= _MAX_WORD and _HEX.fullmatch(value) else ""


def _prompt(value: object) -> str | None:
    return value if isinstance(value, str) and len(value) <= MAX_TEXT else None


def _stages(value: object) -> tuple[tuple[str, str], ...]:
    """Pairs of a name and a digest, as far as they are sane."""
    found = []
    for pair in value[:_MAX_STAGES] if isinstance(value, list | tuple) else ():
        match pair:
            case [str(name), str(digest)] if max(len(name), len(digest)) <= _MAX_WORD:
                found.append((name, digest))
    return tuple(found)
