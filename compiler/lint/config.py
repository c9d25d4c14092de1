"""Configuration files: ``mezzotint.toml``, or the table ``[tool.mezzotint]`` of a ``pyproject.toml``."""

import os
import tomllib
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from mezzotint.compiler.lint.config_file import SHARED
from mezzotint.compiler.lint.context import DIALECTS, FAMILIES, HOME, Context
from mezzotint.compiler.lint.selection import Selection
from mezzotint.grammar.document import Dialect
from mezzotint.grammar.errors import MezzotintError

READINGS = (*dict.fromkeys((*(one.value for one in Dialect), *DIALECTS)),)
"""How a text is read (auto, a1111, infotext), or the program that will read it, which implies auto."""
MAX_STEPS = 10_000


class ConfigError(MezzotintError):
    """A configuration that cannot be followed."""


class Settings(NamedTuple):
    """How files are checked.

    Attributes:
        select, extend_select, ignore: selectors, see :class:`~mezzotint.compiler.lint.selection.Selection`.
        per_file_ignores: patterns of files, relative to ``folder``, and what is not looked for there.
        target: the model family.
        dialect: one of :data:`READINGS`.
        steps: evaluations; ``None`` takes what an infotext says.
        line_mode: whether each line of a text file is a prompt; ``None``: in wildcard files.
        fields: paths of the prompts in JSON, YAML and TOML files.
        folder: where the configuration stands.
    """

    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    target: str | None = None
    dialect: str = Dialect.AUTO.value
    steps: int | None = None
    line_mode: bool | None = None
    fields: tuple[str, ...] = ()
    folder: str = ""

    @property
    def reading(self) -> Dialect:
        """How a text is taken apart."""
        known = {one.value for one in Dialect}
        return Dialect(self.dialect) if self.dialect in known else Dialect.AUTO

    def selection(self, name: str = "") -> Selection:
        """What is looked for in a file."""
        never = [
            code for pattern, codes in self.per_file_ignores if self._fits(name, pattern) for code in codes
        ]
        return Selection(self.select, self.extend_select, self.ignore, tuple(never))

    def context(self, selection: Selection) -> Context:
        """What the rules are told."""
        program = self.dialect if self.dialect in DIALECTS else HOME.dialect
        rules = None if selection == Selection() else selection.rules()
        return HOME._replace(family=self.target, dialect=program, steps=self.steps, rules=rules)

    def _fits(self, name: str, pattern: str) -> bool:
        if not name:  # standard input
            return False
        path = os.path.relpath(name, self.folder or ".").replace(os.sep, "/")
        return fnmatchcase(path, pattern) or fnmatchcase(path.rpartition("/")[2], pattern)


@cache
def read_config(file: str) -> Settings:
    """The settings in a file.

    Raises:
        ConfigError: it cannot be read, or has a key or a value that means nothing; both are named.
    """
    try:
        table: Any = tomllib.loads(Path(file).read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ConfigError(f"{file}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigError(f"{file}: not TOML: {error}") from error
    if Path(file).name == SHARED:
        tool = table.get("tool")
        table = tool.get("mezzotint", {}) if isinstance(tool, dict) else {}
    if not isinstance(table, dict):
        raise ConfigError(f'{file}: "tool.mezzotint" must be a table')
    return _settings(table, file)


def _settings(table: Mapping[str, Any], file: str) -> Settings:
    settings = Settings(folder=str(Path(file).absolute().parent))
    for key, value in table.items():
        if key not in KEYS:
            raise ConfigError(f'{file}: unknown key "{key}"; known are {", ".join(KEYS)}')
        wanted, read = KEYS[key]
        taken = read(value)
        if taken is None:
            raise ConfigError(f'{file}: "{key}" must be {wanted}, not {value!r:.60}')
        settings = settings._replace(**{key.replace("-", "_"): taken})
    patterns = (settings.selection()._replace(never=codes) for _, codes in settings.per_file_ignores)
    for selection in (settings.selection(), *patterns):
        try:
            selection.require_known()
        except MezzotintError as error:
            raise ConfigError(f"{file}: {error}") from error
    return settings


def _texts(value: Any) -> tuple[str, ...] | None:
    is_list = isinstance(value, list) and all(isinstance(one, str) for one in value)
    return tuple(value) if is_list else None


def _patterns(value: Any) -> tuple[tuple[str, tuple[str, ...]], ...] | None:
    if not isinstance(value, dict):
        return None
    rows = tuple((pattern, _texts(codes)) for pattern, codes in value.items())
    return (
        None if any(codes is None for _, codes in rows) else tuple((p, c) for p, c in rows if c is not None)
    )


def _one_of(known: tuple[str, ...]) -> Callable[[Any], str | None]:
    return lambda value: value if isinstance(value, str) and value in known else None


def _steps(value: Any) -> int | None:
    return value if type(value) is int and 0 < value <= MAX_STEPS else None


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


_CODES = "a list of codes, beginnings of codes, names, or ALL"
KEYS: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "select": (_CODES, _texts),
    "extend-select": (_CODES, _texts),
    "ignore": (_CODES, _texts),
    "per-file-ignores": ("a table of patterns, each with a list of codes", _patterns),
    "target": (f"one of {', '.join(FAMILIES)}", _one_of(FAMILIES)),
    "dialect": (f"one of {', '.join(READINGS)}", _one_of(READINGS)),
    "steps": (f"a whole number from 1 to {MAX_STEPS}", _steps),
    "line-mode": ("true or false", _flag),
    "fields": ("a list of paths", _texts),
}
"""What each key must be, in words, and how it is read; ``None`` is refused."""
