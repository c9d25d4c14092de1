"""Where prompts stand in a file that holds many: in its lines, or in the fields of JSON, YAML and TOML."""

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Any, NamedTuple, TypeAlias

from mezzotint.cli.inputs import InputError
from mezzotint.grammar.span import Span
from mezzotint.grammar.text_map import TextMap

FIELDS = ("**.prompt", "**.negative_prompt")
"""Those that are read where no others are named."""
_NEGATIVE = "negative"  # in the name of a field, says what its text is
_ANY, _DEEP = "*", "**"
_WEIGHT = re.compile(r"\s*\d+(?:\.\d+)?::")  # how often a line of a wildcard file is drawn
Path: TypeAlias = tuple[str, ...]


class Passage(NamedTuple):
    """A prompt in a file: as it is read, where its characters stand, and whether it is a negative one."""

    text: str
    map: TextMap
    negative: bool = False


def line_passages(source: str, *, is_wildcard: bool = False) -> Iterator[Passage]:
    """Each line; without blank ones and, in wildcard files, without comments and the weights of lines."""
    start = 0
    for whole in source.split("\n"):
        line = whole.removesuffix("\r")
        skipped = _WEIGHT.match(line) if is_wildcard else None
        at = skipped.end() if skipped else 0
        if line.strip() and not line.lstrip().startswith("#"):
            yield Passage(line[at:], TextMap((0,), (start + at,), start + len(line)))
        start += len(whole) + 1


def field_passages(source: str, name: str, fields: Sequence[str]) -> list[Passage]:
    """The texts at the named paths, in the order of the file.

    Args:
        source: the file.
        name: of the file, which tells its format.
        fields: paths such as ``images.*.prompt``; ``*`` is any key or index, ``**`` any number of them.

    Raises:
        InputError: the file is not what its name says.
    """
    wanted = [field.split(".") for field in fields or FIELDS]
    return [
        Passage(text, places, _NEGATIVE in path[-1].casefold() if path else False)
        for path, text, places in _reader(name)(source, name)
        if any(_fits(path, field) for field in wanted)
    ]


def has_fields(name: str) -> bool:
    """Whether a file is one of those whose fields hold prompts."""
    return name.lower().endswith(tuple(_READERS))


def _fits(path: Path, field: Sequence[str]) -> bool:
    if not field:
        return not path
    if field[0] == _DEEP:
        return any(_fits(path[at:], field[1:]) for at in range(len(path) + 1))
    return bool(path) and fnmatchcase(path[0], field[0]) and _fits(path[1:], field[1:])


_Found: TypeAlias = Iterator[tuple[Path, str, TextMap]]
_TOKEN = re.compile(r'\s*(?:("(?:[^"\\]|\\.)*")|([{}\[\],:])|[^\s{}\[\],:"]+)', re.DOTALL)
_PIECE = re.compile(r"(?:\\u[0-9a-fA-F]{4})+|\\.|[^\\]+", re.DOTALL)


def _json(source: str, name: str) -> _Found:
    _require_json(source, name, "json")
    return _json_strings(source)


def _json_lines(source: str, name: str) -> _Found:
    for line in source.split("\n"):
        if line.strip():
            _require_json(line, name, "a JSON value in each line")
    return _json_strings(source)


def _require_json(text: str, name: str, what: str) -> None:
    try:
        json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{name}: not {what.replace('json', 'JSON')}: {error}") from error


def _json_strings(source: str) -> _Found:
    """The texts in well-formed JSON, or in values one behind the other."""
    stack: list[str | int] = []  # a key, or an index, for each open bracket
    is_key = False
    for token in _TOKEN.finditer(source):
        string, sign = token.groups()
        if sign in ("{", "["):
            stack.append("" if sign == "{" else 0)
        elif sign in ("}", "]") and stack:
            stack.pop()
        elif sign == "," and stack and isinstance(stack[-1], int):
            stack[-1] += 1
        if sign:
            is_key = (sign in "{," and bool(stack)) and isinstance(stack[-1], str)
        elif string is not None and is_key:
            stack[-1], is_key = json.loads(string, strict=False), False
        elif string is not None:
            yield tuple(map(str, stack)), *_json_string(string, token.start(1))


def _json_string(literal: str, start: int) -> tuple[str, TextMap]:
    text, starts, sources = "", [], []
    for piece in _PIECE.finditer(literal, 1, len(literal) - 1):
        starts.append(len(text))
        sources.append(start + piece.start())
        text += json.loads(f'"{piece[0]}"', strict=False)
    return text, TextMap(tuple(starts), tuple(sources), start + len(literal) - 1)


def _toml(source: str, name: str) -> _Found:
    try:
        table = tomllib.loads(source.replace("\r\n", "\n"))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(f"{name}: not TOML: {error}") from error
    at = 0
    for path, text in _leaves(table, ()):
        found = source.find(text, at)  # texts stand in the order in which they are read, but for escapes
        at = found + len(text) if found >= 0 else at
        yield path, text, _whole(text, found if found >= 0 else at, is_verbatim=found >= 0)


def _leaves(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _leaves(inner, (*path, str(index)))


def _whole(text: str, start: int, *, is_verbatim: bool) -> TextMap:
    """Where a text stands as it is; else its beginning, for everything in it."""
    return TextMap((0,), (start,), start + len(text)) if is_verbatim else TextMap(end=start)


def _yaml(source: str, name: str) -> _Found:
    try:
        import yaml
    except ImportError as error:
        raise InputError(f"{name}: reading YAML takes PyYAML; install it: pip install pyyaml") from error
    try:
        roots = list(yaml.compose_all(source, Loader=yaml.SafeLoader))
        yield from _yaml_texts(source, roots)
    except (yaml.YAMLError, RecursionError) as error:
        raise InputError(f"{name}: not YAML: {' '.join(str(error).split())}") from error


def _yaml_texts(source: str, roots: Sequence[Any]) -> _Found:
    seen: set[int] = set()  # an alias is its anchor's node again
    waiting: list[tuple[Path, Any]] = [((), root) for root in reversed(roots)]
    while waiting:
        path, node = waiting.pop()
        if node is None or id(node) in seen:
            continue
        seen.add(id(node))
        if node.id == "mapping":
            waiting += reversed([((*path, str(key.value)), value) for key, value in node.value])
        elif node.id == "sequence":
            waiting += reversed([((*path, str(at)), value) for at, value in enumerate(node.value)])
        elif node.tag == "tag:yaml.org,2002:str":
            start, end = node.start_mark.index, node.end_mark.index
            found = source.find(node.value, start, end)
            yield path, node.value, _whole(node.value, max(found, start), is_verbatim=found >= 0)


_READERS: dict[str, Callable[[str, str], _Found]] = {
    ".json": _json,
    ".jsonl": _json_lines,
    ".toml": _toml,
    ".yaml": _yaml,
    ".yml": _yaml,
}


def _reader(name: str) -> Callable[[str, str], _Found]:
    return next(read for end, read in _READERS.items() if name.lower().endswith(end))


def is_verbatim(source: str, passage: Passage) -> bool:
    """Whether a passage stands in the file as it is read, in one piece."""
    span = passage.map.span(Span(0, len(passage.text)))
    return source[span.start : span.end] == passage.text
