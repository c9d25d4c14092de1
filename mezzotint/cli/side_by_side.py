"""Two values side by side, where they differ."""

import json
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import islice, zip_longest
from typing import Any

from mezzotint.grammar.diagnostics import printable

_MAX_LINES = 60  # of a comparison
_MAX_SOURCE = 400  # lines of a value that are compared; aligning takes the square of it
_BETWEEN = " │ "


def side_by_side(expected: Any, got: Any, width: int) -> Iterator[str]:
    """What JSON can hold, laid out in two columns; equal parts are left out.

    Args:
        expected: shown on the left.
        got: shown on the right.
        width: columns in all.
    """
    column = max((width - len(_BETWEEN)) // 2, 20)
    yield f"{'expected':{column}}{_BETWEEN}got"
    lines = _rows(_pretty(expected), _pretty(got), column)
    yield from islice(lines, _MAX_LINES)
    if next(lines, None) is not None:
        yield "…"


def _pretty(value: Any) -> list[str]:
    text = json.dumps(value, indent=1, ensure_ascii=False)
    return [printable(line) for line in text.split("\n")[:_MAX_SOURCE]]


def _rows(left: list[str], right: list[str], column: int) -> Iterator[str]:
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    for tag, start, end, other_start, other_end in matcher.get_opcodes():
        if tag == "equal":
            yield f"{'…':{column}}{_BETWEEN}…"
            continue
        for one, other in zip_longest(left[start:end], right[other_start:other_end], fillvalue=""):
            for a, b in zip_longest(_wrap(one, column), _wrap(other, column), fillvalue=""):
                yield f"{a:{column}}{_BETWEEN}{b}"


def _wrap(line: str, column: int) -> list[str]:
    return [line[at : at + column] for at in range(0, len(line), column)] or [""]
