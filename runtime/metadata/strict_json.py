"""JSON from strangers' files, within limits.

Python's parser has none but the depth of its stack, and takes ``NaN`` for a number. Graphs of ComfyUI hold
``NaN``, so it is let through where asked for.
"""

import json
import re

MAX_JSON = 8 << 20  # characters
MAX_NODES = 1_000_000  # values, about
MAX_DEPTH = 64

_HALF_PAIR = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")  # spelled, or in a text that JSON held


def load(text: str, *, is_strict: bool = False) -> object | None:
    """The value of a JSON text; None when it is no JSON, or over the limits.

    Time and memory are linear in the length of the text. Half surrogate pairs, which JSON can spell and no
    file can hold, are replaced by U+FFFD.

    Args:
        text: anything; white space and NUL bytes around it do not count.
        is_strict: refuse ``NaN`` and ``Infinity``.
    """
    if len(text) > MAX_JSON or sum(map(text.count, ",[{")) > MAX_NODES:
        return None
    try:
        value: object = json.loads(text.strip(" \t\r\n\0"), parse_constant=_refuse if is_strict else None)
    except (ValueError, RecursionError):
        return None
    if text.count("[") + text.count("{") > MAX_DEPTH and _is_deep(value):
        return None
    return _well_formed(value) if _HALF_PAIR.search(text) else value


def load_object(text: str | None, *, is_strict: bool = False) -> dict[str, object] | None:
    """:func:`load` of a text that must be an object; None for every other."""
    if text is None or not text.lstrip(" \t\r\n\0").startswith("{"):
        return None
    value = load(text, is_strict=is_strict)
    return value if isinstance(value, dict) else None


def _refuse(constant: str) -> float:
    raise ValueError(constant)


def well_formed(text: str) -> str:
    """The text with half surrogate pairs replaced by U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _well_formed(value: object) -> object:
    """The value with whole pairs only; recursion ends at the depth that was checked before."""
    match value:
        case str():
            return well_formed(value)
        case list():
            return [_well_formed(child) for child in value]
        case dict():
            return {_well_formed(key): _well_formed(child) for key, child in value.items()}
    return value


def _is_deep(value: object) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [child for parent in level for child in _children(parent)]
        if not level:
            return False
    return True


def _children(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
