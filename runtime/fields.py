"""Single fields of an infotext: how a setting is spelled, and its text as a value."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mezzotint.grammar.errors import MezzotintError


@dataclass(frozen=True, slots=True)
class Field:
    """How one setting is spelled in an infotext; ``needs`` is the sampler option that makes it matter."""

    key: str
    name: str
    kind: type
    needs: str = ""


def read_fields(items: Mapping[str, str], group: Iterable[Field]) -> dict[str, object]:
    """The values of those fields that are there, by the names of the settings.

    Raises:
        MezzotintError: a text is no number where one is needed, or no whole one.
    """
    return {field.name: _read(field, items[field.key]) for field in group if field.key in items}


def changed(settings: object, group: Iterable[Field], default: object) -> list[tuple[str, object]]:
    """Keys and values of those fields that differ from another record's."""
    return [
        (field.key, getattr(settings, field.name))
        for field in group
        if getattr(settings, field.name) != getattr(default, field.name)
    ]


def read_pair(items: Mapping[str, str], key: str) -> tuple[int, int] | None:
    """A size, written whole (``512x768``) or split (``Size-1``, ``Size-2``); ``None`` without either.

    Raises:
        MezzotintError: the two are not whole numbers.
    """
    if key in items:
        text = items[key]
    elif f"{key}-1" in items and f"{key}-2" in items:
        text = f"{items[f'{key}-1']}x{items[f'{key}-2']}"
    else:
        return None
    first, _, second = text.partition("x")
    try:
        return int(first), int(second)
    except ValueError as error:
        raise MezzotintError(f"{key}: {text} is not a size: write it as 512x768") from error


def is_random(seed: str | None) -> bool:
    """Whether a seed is none, and a random one is meant: not there, empty, or -1."""
    return (seed or "").strip() in ("", "-1")


def spellings(*pairs: str) -> set[str]:
    """All keys that sizes of these names may have."""
    return {f"{pair}{part}" for pair in pairs for part in ("", "-1", "-2")}


def _read(field: Field, text: str) -> object:
    if field.kind is bool:
        return text != "False"  # the reference takes any other text for true
    if field.kind is str:
        return text
    try:
        number = _number(text)
    except ValueError as error:
        raise MezzotintError(f"{field.key}: {text!r} is not a number: correct or remove the field") from error
    if field.kind is float or isinstance(number, int):
        return number
    if not number.is_integer():  # the web UI's own fields take 20.0 for 20
        raise MezzotintError(f"{field.key}: {text!r} is not a whole number: correct or remove the field")
    return int(number)


def _number(text: str) -> float:
    """A number that prints as it was written: ``7`` stays an int, not ``7.0``."""
    try:
        return int(text)
    except ValueError:
        return float(text)
