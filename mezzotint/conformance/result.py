"""What the check of a suite takes and gives."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from functools import wraps
from pathlib import Path
from typing import Any, TypeAlias

Row: TypeAlias = dict[str, Any]
"""One line of a vector file."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a suite's vectors are and where its tensors are computed.

    Attributes:
        path: the vector file; tensors and models lie beside it.
        device: torch device.
    """

    path: Path
    device: str = "cpu"


@dataclass(frozen=True, slots=True)
class Result:
    """One case, compared.

    Attributes:
        expected: what the reference gave, as JSON can hold it; of a tensor its shape and worst element.
        got: what we give, in the same form.
        is_equal: whether the case passes.
        error: the largest difference of its tensors, in the measure of the suite's tolerance; ``None`` where
            only the same value will do.
    """

    expected: Any
    got: Any
    is_equal: bool
    error: float | None = None


class Skip(Enum):
    """Why a row gives no result."""

    NO_CASE = auto()  # it describes the suite
    NOT_BUILT = auto()  # what it would test does not exist yet


Check: TypeAlias = Callable[[Row], Result | Skip]
"""Runs one row."""
Opener: TypeAlias = Callable[[Source], Check]
"""Gets a suite ready: what its cases share (models, open files) is loaded once and lives with the check."""
Pair: TypeAlias = tuple[Any, Any]
"""What is expected and what we get."""


def exact(pair: Callable[[Row], Pair | Skip]) -> Opener:
    """A suite whose rows hold all that it takes; what we get must be the same JSON as what is expected.

    As JSON 1, 1.0 and true differ, as they do for the reference's users; a tuple is a list.
    """

    def check(row: Row) -> Result | Skip:
        found = pair(row)
        if isinstance(found, Skip):
            return found
        expected, got = found
        return Result(expected, got, _canonical(expected) == _canonical(got))

    @wraps(pair)
    def open_suite(_source: Source) -> Check:
        return check

    return open_suite


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
