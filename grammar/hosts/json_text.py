"""JSON, and JSON in lines: what it says, with the places of its texts.

Python's json module knows no places, so it only tells whether a file is JSON; the tokens are found here.
"""

import json
import re
from collections.abc import Iterator
from functools import partial

from mezzotint.grammar.hosts.host import HostError, Leaf, Literal, Path, Spelling
from mezzotint.grammar.span import Span
from mezzotint.grammar.text_map import MapBuilder

_TOKEN = re.compile(r'\s*+(?:("(?:[^"\\]++|\\.)*+")|([{}\[\],:])|([^\s{}\[\],:"]++))', re.DOTALL)
_HIGH = r"\\u[dD][89abAB][0-9a-fA-F]{2}"
_LOW = r"\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_ESCAPE = re.compile(rf"{_HIGH}{_LOW}|\\u[0-9a-fA-F]{{4}}|\\.", re.DOTALL)
_CAPITALS = re.compile(r"\\u[0-9a-f]*[A-F]")
_CODE = re.compile(r"\\u[0-9a-f]{4}")


def read_json(source: str) -> list[Leaf]:
    """All that a JSON file says.

    Raises:
        HostError: it is none.
    """
    _require_json(source, "JSON")
    return list(_leaves(source))


def read_json_lines(source: str) -> list[Leaf]:
    """The same for a file with a value in each line.

    Raises:
        HostError: a line holds no JSON value.
    """
    for number, line in enumerate(source.split("\n"), 1):
        if line.strip():
            _require_json(line, f"a JSON value in line {number}")
    return list(_leaves(source))


def _require_json(text: str, what: str) -> None:
    try:
        json.loads(text)
    except RecursionError as error:
        raise HostError(f"not {what}: nested too deeply") from error
    except ValueError as error:
        raise HostError(f"not {what}: {error}") from error


def _leaves(source: str) -> Iterator[Leaf]:
    """The values in well-formed JSON, or in values one behind the other; brackets are leaves, too."""
    stack: list[str | int] = []  # a key, or an index, for each open bracket
    is_key = False
    is_ascii = source.isascii()
    for token in _TOKEN.finditer(source):
        string, sign, other = token.groups()
        if string is not None and is_key:
            stack[-1], is_key = json.loads(string, strict=False), False
        elif string is not None:
            yield _string(tuple(map(str, stack)), string, token.start(1), is_ascii=is_ascii)
        elif other is not None:
            yield Leaf(tuple(map(str, stack)), other)
        elif sign in ("{", "["):
            yield Leaf(tuple(map(str, stack)), sign)
            stack.append("" if sign == "{" else 0)
        elif sign in ("}", "]") and stack:
            stack.pop()
        elif sign == "," and stack and isinstance(stack[-1], int):
            stack[-1] += 1
        if sign:
            is_key = (sign in "{," and bool(stack)) and isinstance(stack[-1], str)


def _string(path: Path, literal: str, start: int, *, is_ascii: bool) -> Leaf:
    text: list[str] = []
    places, at, end = MapBuilder(), 1, len(literal) - 1
    for found in _ESCAPE.finditer(literal, 1, end) if "\\" in literal else ():
        text += [literal[at : found.start()], json.loads(f'"{found[0]}"')]
        places.copied(start + at, found.start() - at)
        places.spelled(start + found.start(), start + found.end())
        at = found.end()
    text.append(literal[at:end])
    places.copied(start + at, end - at)
    # A literal without other letters follows the file; one with some, all escaped, follows itself.
    has_codes = literal.isascii() and "\\u" in literal
    spell = partial(_spelled, is_ascii=is_ascii or has_codes, is_capital=bool(_CAPITALS.search(literal)))
    spelling = Spelling(lambda new: spell(new)[1:-1], spell)
    span = Span(start, start + len(literal))
    return Leaf(path, "".join(text), Literal(span, places.build(start + end), spelling))


def _spelled(text: str, *, is_ascii: bool, is_capital: bool) -> str:
    halves = any("\ud800" <= c <= "\udfff" for c in text)  # which no encoding can hold
    literal = json.dumps(text, ensure_ascii=is_ascii or halves)
    return _CODE.sub(lambda found: "\\u" + found[0][2:].upper(), literal) if is_capital else literal
