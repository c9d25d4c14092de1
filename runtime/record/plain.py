"""Frozen dataclasses to plain JSON values and back, as their annotations say: no field can be forgotten.

What is read is a stranger's: every value is checked against its field's annotation, and bounded.
"""

import math
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from mezzotint.grammar.diagnostics import printable
from mezzotint.grammar.errors import MezzotintError

MAX_INTEGER = 2**64 - 1
MAX_TEXT = 1 << 20  # characters of one text
_NOT_FINITE = {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}  # JSON has no numbers for them

T = TypeVar("T")


class PlainError(MezzotintError):
    """A value that is not what its field holds."""


def to_plain(value: object) -> Any:
    """The value as JSON can hold it: a dataclass as an object of all its fields, a tuple as a list."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [to_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def from_plain(kind: type[T], data: object, unknown: list[str], name: str = "") -> T:
    """The dataclass that :func:`to_plain` wrote; fields that are not there have their defaults.

    Args:
        kind: the dataclass.
        data: anything.
        unknown: the names of keys that it has no field for are added here.
        name: what to call the object in messages.

    Raises:
        MezzotintError: a value is of another type, out of bounds, or refused by the class itself.
    """
    if not isinstance(data, Mapping):
        raise PlainError(f"{name or 'the value'} is no object")
    hints, known = hints_of(kind), {field.name: field for field in fields(kind)}  # type: ignore[arg-type]
    unknown += [f"{name} {key}".strip() for key in data if key not in known]
    values = {
        key: _read(hints[key], data[key], unknown, f"{name} {key}".strip()) for key in known if key in data
    }
    for key, field in known.items():
        if key not in values and field.default is MISSING and field.default_factory is MISSING:
            raise PlainError(f"{name} {key}".strip() + " is not there")
    return kind(**values)


@cache
def hints_of(kind: type) -> dict[str, Any]:
    """The types of a dataclass's fields."""
    return get_type_hints(kind)


def _read(hint: Any, data: object, unknown: list[str], name: str) -> object:
    """The value of a field.

    Raises:
        MezzotintError: it is none.
        TypeError: the field is of a type that this module does not know; a test reads every field.
    """
    if get_origin(hint) is UnionType:
        (one,) = (part for part in get_args(hint) if part is not NoneType)
        return None if data is None else _read(one, data, unknown, name)
    if get_origin(hint) is tuple:
        return _read_tuple(get_args(hint), data, unknown, name)
    if is_dataclass(hint) and isinstance(hint, type):
        return from_plain(hint, data, unknown, name)
    if hint not in _READERS:
        raise TypeError(f"no JSON is known for {name}: {hint}")
    if not _READERS[hint](data):
        raise PlainError(f"{name} is no sane {hint.__name__}: {printable(repr(data)[:40])}")
    return _NOT_FINITE[data] if hint is float and isinstance(data, str) else data


def _read_tuple(hints: tuple[Any, ...], data: object, unknown: list[str], name: str) -> tuple[object, ...]:
    if not isinstance(data, list) or len(data) != len(hints):
        raise PlainError(f"{name} is no list of {len(hints)}")
    return tuple(_read(hint, item, unknown, name) for hint, item in zip(hints, data, strict=True))


def _is_integer(data: object) -> bool:
    return type(data) is int and abs(data) <= MAX_INTEGER


def _is_number(data: object) -> bool:
    """Whole numbers stay whole: an infotext shows the difference."""
    if isinstance(data, str):
        return data in _NOT_FINITE
    return _is_integer(data) or (isinstance(data, float) and math.isfinite(data))


_READERS: dict[Any, Any] = {
    bool: lambda data: isinstance(data, bool),
    int: _is_integer,
    float: _is_number,
    str: lambda data: isinstance(data, str) and len(data) <= MAX_TEXT,
}


def is_of(value: object, hint: Any) -> bool:
    """Whether a value, and everything in it, is of the type of an annotation."""
    arguments = get_args(hint)
    if get_origin(hint) is tuple:
        return _is_tuple(value, arguments)
    if arguments:
        return any(is_of(value, part) for part in arguments)
    if is_dataclass(hint) and isinstance(hint, type):
        own = type(value) is hint
        return own and all(is_of(getattr(value, name), part) for name, part in hints_of(hint).items())
    if hint is float:
        return not isinstance(value, str) and _is_number(value)
    return type(value) is hint


def _is_tuple(value: object, hints: tuple[Any, ...]) -> bool:
    if not isinstance(value, tuple):
        return False
    if hints[1:] == (...,):
        return all(is_of(item, hints[0]) for item in value)
    return len(value) == len(hints) and all(map(is_of, value, hints))
