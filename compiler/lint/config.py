"""Configuration files: ``mezzotint.toml``, or the table ``[tool.mezzotint]`` of a ``pyproject.toml``."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from mezzotint.compiler.lint.config_file import SHARED
from mezzotint.compiler.lint.config_kinds import Flag, Key, OneOf, Text, Texts, TextsByName, Whole, key
from mezzotint.compiler.lint.context import DIALECTS, FAMILIES, HOME, Context
from mezzotint.compiler.lint.patterns import UNWANTED, Pattern
from mezzotint.compiler.lint.required_version import allows
from mezzotint.compiler.lint.selection import Selection
from mezzotint.grammar.document import Dialect
from mezzotint.grammar.errors import MezzotintError

READINGS = (*dict.fromkeys((*(one.value for one in Dialect), *DIALECTS)),)
"""How a text is read (auto, a1111, infotext), or the program that will read it, which implies auto."""
MAX_STEPS = 10_000
_LENGTHENED = ("extend_select", "ignore", "extend_exclude")


class ConfigError(MezzotintError):
    """A configuration that cannot be followed."""


class Settings(NamedTuple):
    """How files are checked.

    Attributes:
        select, extend_select, ignore: selectors, see :class:`~mezzotint.compiler.lint.selection.Selection`.
        per_file_ignores: patterns of files, and what is not looked for there.
        target: the model family.
        dialect: one of :data:`READINGS`.
        steps: evaluations; ``None`` takes what an infotext says.
        line_mode: whether each line of a text file is a prompt; ``None``: in wildcard files.
        fields: paths of the prompts in JSON, YAML and TOML files.
        exclude, extend_exclude: what is left out of folders.
        force_exclude: whether it is left out where it is named, too.
        respect_gitignore: whether what git ignores is left out of folders.
        files: those that this was read from, the nearest first.
    """

    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_file_ignores: tuple[tuple[Pattern, tuple[str, ...]], ...] = ()
    target: str | None = None
    dialect: str = Dialect.AUTO.value
    steps: int | None = None
    line_mode: bool | None = None
    fields: tuple[str, ...] = ()
    exclude: tuple[Pattern, ...] = UNWANTED
    extend_exclude: tuple[Pattern, ...] = ()
    force_exclude: bool = False
    respect_gitignore: bool = True
    files: tuple[str, ...] = ()

    @property
    def reading(self) -> Dialect:
        """How a text is taken apart."""
        known = {one.value for one in Dialect}
        return Dialect(self.dialect) if self.dialect in known else Dialect.AUTO

    def selection(self, name: str = "") -> Selection:
        """What is looked for in a file; without a name, in standard input."""
        never = [
            code for pattern, codes in self.per_file_ignores if name and pattern.fits(name) for code in codes
        ]
        return Selection(self.select, self.extend_select, self.ignore, tuple(never))

    def context(self, selection: Selection) -> Context:
        """What the rules are told."""
        program = self.dialect if self.dialect in DIALECTS else HOME.dialect
        rules = None if selection == Selection() else selection.rules()
        return HOME._replace(family=self.target, dialect=program, steps=self.steps, rules=rules)

    def with_options(self, options: Mapping[str, Any]) -> "Settings":
        """The settings with others asked for beside the file: they replace its own, or lengthen its lists."""
        added = {key: (*getattr(self, key), *value) for key, value in options.items() if key in _LENGTHENED}
        return self._replace(**{**options, **added})

    def excludes(self, path: str) -> bool:
        """Whether a file or a folder is one of those left out, whatever the folders above it are."""
        return any(pattern.fits(path) for pattern in (*self.exclude, *self.extend_exclude))


@cache
def read_config(file: str) -> Settings:
    """The settings in a file, and in those that it extends.

    Raises:
        ConfigError: it cannot be read or is not for this version, or has a key or a value that means nothing;
            file and key are named.
    """
    return _read(file, ())


def _read(file: str, nearer: tuple[str, ...]) -> Settings:
    table, path = _table(file), Path(file).resolve()
    _require_version(_taken(table, "required-version", file), file)
    base, extended = Settings(), _taken(table, "extend", file)
    if extended is not None:
        base = _base(path.parent / Path(extended).expanduser(), file, (*nearer, str(path)))
    return _settings(table, file, base)


def _base(file: Path, nearer_file: str, nearer: tuple[str, ...]) -> Settings:
    """The settings that a file builds on."""
    path = str(file.resolve())
    if path in nearer:
        circle = " -> ".join((*nearer[nearer.index(path) :], path))
        raise ConfigError(f'{nearer_file}: "extend" leads in a circle: {circle}; remove one of them')
    if not file.is_file():
        raise ConfigError(
            f'{nearer_file}: "extend" names {path}, and there is no such file; give its path from the folder '
            f"of {nearer_file}"
        )
    return _read(path, nearer)


def _table(file: str) -> Mapping[str, Any]:
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
    return table


def _require_version(wanted: str | None, file: str) -> None:
    if wanted is None:
        return
    # By name, as only the version is wanted: statically the package imports all that it hands out.
    own: str = import_module("mezzotint").__version__
    allowed = allows(wanted, own)
    if allowed is None:
        must = KEYS["required-version"].wanted
        raise ConfigError(f'{file}: "required-version" must be {must}, not {wanted!r:.60}')
    if not allowed:
        raise ConfigError(
            f'{file}: "required-version" is "{wanted}", and this is mezzotint {own}; install one that fits '
            "(pip install) or change the key"
        )


def _taken(table: Mapping[str, Any], name: str, file: str) -> Any:
    """The value of a key; ``None`` if it is not there."""
    if name not in table:
        return None
    wanted, read = KEYS[name]
    if (taken := read(table[name])) is None:
        raise ConfigError(f'{file}: "{name}" must be {wanted}, not {table[name]!r:.60}')
    return taken


def _settings(table: Mapping[str, Any], file: str, base: Settings) -> Settings:
    """The base with what a table says: lists called ``extend-…`` grow, all else is replaced."""
    folder, settings = str(Path(file).absolute().parent), base
    for name in table:
        if name not in KEYS:
            if name == "tool":
                raise ConfigError(f"{file}: here the keys stand alone, without the line [tool.mezzotint]")
            raise ConfigError(f'{file}: unknown key "{name}"; known are {", ".join(KEYS)}')
        field, taken = name.replace("-", "_"), _taken(table, name, file)
        if name in ("extend", "required-version"):
            continue
        if name == "per-file-ignores":
            taken = tuple((Pattern(text, folder), codes) for text, codes in taken)
        elif name in ("exclude", "extend-exclude"):
            taken = tuple(Pattern(text, folder) for text in taken)
        if name.startswith("extend-"):
            taken = (*getattr(base, field), *taken)
        settings = settings._replace(**{field: taken})
    for selection in _selections(settings):
        try:
            selection.require_known()
        except MezzotintError as error:
            raise ConfigError(f"{file}: {error}") from error
    return settings._replace(files=(file, *base.files))


def _selections(settings: Settings) -> Iterator[Selection]:
    yield settings.selection()
    for _, codes in settings.per_file_ignores:
        yield Selection(never=codes)


_CODES = "a list of codes, beginnings of codes, names, or ALL"
_PATTERNS = "a list of patterns of files"
KEYS: Mapping[str, Key] = {
    "select": key(Texts(_CODES)),
    "extend-select": key(Texts(_CODES)),
    "ignore": key(Texts(_CODES)),
    "per-file-ignores": key(TextsByName("a table of patterns, each with a list of codes")),
    "target": key(OneOf(FAMILIES)),
    "dialect": key(OneOf(READINGS)),
    "steps": key(Whole(MAX_STEPS)),
    "line-mode": key(Flag()),
    "fields": key(Texts("a list of paths")),
    "exclude": key(Texts(_PATTERNS)),
    "extend-exclude": key(Texts(_PATTERNS)),
    "force-exclude": key(Flag()),
    "respect-gitignore": key(Flag()),
    "extend": key(Text("the path of another configuration")),
    "required-version": key(Text('versions such as ">=0.1, <1"')),
}
"""What each key must be, and how it is read."""
