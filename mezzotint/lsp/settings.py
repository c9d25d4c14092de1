"""What a user set in the editor, read without trust: a wrong value is named and its default taken."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from mezzotint.compiler.lint.context import DIALECTS, FAMILIES

SECTION = "mezzotint"
_MAX_STEPS = 1000


class Settings(NamedTuple):
    """The settings.

    Attributes:
        family: of the model that prompts are written for, or ``None``.
        dialect: of the program that will read them.
        steps: evaluations; ``None`` takes what an infotext says.
        networks, hypernetworks, embeddings, wildcards: folders of files whose names prompts may use.
        hints: whether effective weights are shown inside nested brackets.
        lines: whether each line of a text file is a prompt of its own.
    """

    family: str | None = None
    dialect: str = "a1111"
    steps: int | None = None
    networks: tuple[str, ...] = ()
    hypernetworks: tuple[str, ...] = ()
    embeddings: tuple[str, ...] = ()
    wildcards: tuple[str, ...] = ()
    hints: bool = True
    lines: bool = False


def read_settings(value: object) -> tuple[Settings, tuple[str, ...]]:
    """Settings from a client's JSON, alone or under ``mezzotint``; and what is wrong with it, in words."""
    table = value if isinstance(value, Mapping) else {}
    inner = table.get(SECTION, table)
    table = inner if isinstance(inner, Mapping) else {}
    settings = Settings()
    problems: list[str] = []
    for name, read in table.items():
        if name in Settings._fields and read is not None:
            taken = _value(name, read)
            if taken is None:
                problems.append(f"the setting {SECTION}.{name} is {read!r}; it must be {_wanted(name)}")
            else:
                settings = settings._replace(**{name: taken})
    return settings, tuple(problems)


def _value(name: str, read: Any) -> Any:
    """The value of a setting; ``None`` if it cannot be one."""
    match name:
        case "family":
            return read if read in FAMILIES else None
        case "dialect":
            return read if read in DIALECTS else None
        case "steps":
            is_number = isinstance(read, int) and not isinstance(read, bool)
            return read if is_number and 0 < read <= _MAX_STEPS else None
        case "hints" | "lines":
            return read if isinstance(read, bool) else None
        case _:
            folders = [read] if isinstance(read, str) else read
            is_list = isinstance(folders, list) and all(isinstance(one, str) for one in folders)
            return tuple(folders) if is_list else None


def _wanted(name: str) -> str:
    words = {
        "family": f"one of {', '.join(FAMILIES)}",
        "dialect": f"one of {', '.join(DIALECTS)}",
        "steps": f"a whole number from 1 to {_MAX_STEPS}",
        "hints": "true or false",
        "lines": "true or false",
    }
    return words.get(name, "a folder or a list of folders")
