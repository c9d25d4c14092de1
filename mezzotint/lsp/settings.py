"""What a user set in the editor, read without trust: a wrong value is named and left out."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from mezzotint.compiler.lint.config import KEYS
from mezzotint.compiler.lint.selection import Selection
from mezzotint.grammar.errors import MezzotintError

SECTION = "mezzotint"
OPTIONS = ("select", "extend-select", "ignore", "target", "dialect", "steps", "line-mode", "fields")
"""Keys of a configuration file that may be set in the editor, too, where they go before the file's."""
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|_")
_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Settings(NamedTuple):
    """The settings.

    Attributes:
        options: fields of :class:`mezzotint.compiler.lint.config.Settings`, as the editor has them.
        config: the configuration file of all documents instead of the nearest; empty: none at all.
        networks, hypernetworks, embeddings, wildcards: folders of files whose names prompts may use.
        hints: whether effective weights are shown inside nested brackets.
    """

    options: Mapping[str, Any] = _NOTHING
    config: str | None = None
    networks: tuple[str, ...] = ()
    hypernetworks: tuple[str, ...] = ()
    embeddings: tuple[str, ...] = ()
    wildcards: tuple[str, ...] = ()
    hints: bool = True


def read_settings(value: object) -> tuple[Settings, tuple[str, ...]]:
    """Settings from a client's JSON, alone or under ``mezzotint``; and what is wrong with it, in words.

    Names may be written as in a configuration file or as editors write them: ``line-mode``, ``lineMode``.
    """
    table = value if isinstance(value, Mapping) else {}
    inner = table.get(SECTION, table)
    table = inner if isinstance(inner, Mapping) else {}
    settings = Settings()
    problems: list[str] = []
    for written, read in table.items():
        name = _HUMP.sub("-", str(written)).lower()
        if read is None or name not in (*OPTIONS, *Settings._fields[1:]):
            continue
        wanted, taken = _option(name, read) if name in OPTIONS else _own(name, read)
        if taken is None:
            problems.append(f"the setting {SECTION}.{written} is {read!r:.200}; it must be {wanted}")
        elif name in OPTIONS:
            settings = settings._replace(options={**settings.options, name.replace("-", "_"): taken})
        else:
            settings = settings._replace(**{name: taken})
    return settings, tuple(problems)


def _option(name: str, read: Any) -> tuple[str, Any]:
    """What an option must be, in words, and its value; ``None`` if it cannot be one."""
    wanted, take = KEYS[name]
    taken: Any = take(read)
    if taken is not None and name in ("select", "extend-select", "ignore"):
        try:
            Selection(never=taken).require_known()
        except MezzotintError:
            taken = None
    return wanted, taken


def _own(name: str, read: Any) -> tuple[str, Any]:
    """The same for what only an editor sets."""
    match name:
        case "hints":
            return "true or false", read if isinstance(read, bool) else None
        case "config":
            return "the name of a file", read if isinstance(read, str) else None
        case _:
            folders = [read] if isinstance(read, str) else read
            is_list = isinstance(folders, list) and all(isinstance(one, str) for one in folders)
            return "a folder or a list of folders", tuple(folders) if is_list else None
