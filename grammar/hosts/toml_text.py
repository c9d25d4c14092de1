"""TOML: what it says, with the places of its texts.

Python's tomllib knows no places, so the texts are found here, in a file that it has read; and what is found
is compared with what it read. Where they differ, texts are known as values only, and nothing is rewritten.
"""

import re
import tomllib
from collections.abc import Iterator
from typing import Any

from mezzotint.grammar.hosts.host import UNKNOWN, HostError, Leaf, Literal, Path, whole_piece
from mezzotint.grammar.hosts.toml_scanner import texts
from mezzotint.grammar.span import Span

_MAX_PARTS = 200
_LONG_KEY = re.compile(rf"""(?<![\w"'-])(?:[\w"'-]++[ \t]*+\.[ \t]*+){{{_MAX_PARTS}}}""")


def read_toml(source: str) -> list[Leaf]:
    """All that a TOML file says, its texts in the order of the file, and then the rest.

    Raises:
        HostError: it is none, or has a key of hundreds of parts.
    """
    if _LONG_KEY.search(source):  # tomllib takes time with the square of a key's length
        raise HostError(f"not read: a key of more than {_MAX_PARTS} parts")
    try:
        values = dict(_values(tomllib.loads(source), ()))
        found = dict(texts(source))
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise HostError(f"not TOML: {error}") from error
    said = {path: value for path, value in values.items() if isinstance(value, str)}
    rest = [Leaf(path, repr(value)) for path, value in values.items() if not isinstance(value, str)]
    if {path: text for path, (text, _) in found.items()} == said:
        return [*(Leaf(path, text, literal) for path, (text, literal) in found.items()), *rest]
    nowhere = Span(0, 0)
    unknown = Literal(nowhere, whole_piece("", 0, 0), UNKNOWN)
    return [*(Leaf(path, text, unknown) for path, text in said.items()), *rest]


def _values(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """The values at their paths; of tables and lists, how long they are."""
    if isinstance(value, dict):
        yield path, len(value)
        for key, inner in value.items():
            yield from _values(inner, (*path, key))
    elif isinstance(value, list):
        yield path, [len(value)]
        for index, inner in enumerate(value):
            yield from _values(inner, (*path, str(index)))
    else:
        yield path, value
