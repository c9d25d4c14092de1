"""What a suite of vectors is, and running the ones found in a folder."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from mezzotint.grammar.errors import MezzotintError

Row = dict[str, Any]

_LANGUAGE = "mezzotint.conformance.language"
_TOKENS = "mezzotint.conformance.tokens"
RUNNERS = {
    "active": (_LANGUAGE, "active"),
    "attention": (_LANGUAGE, "attention"),
    "chunks": (_TOKENS, "chunks"),
    "chunks_old": (_TOKENS, "chunks_old"),
    "chunks_ti": (_TOKENS, "chunks"),
    "extra_networks": (_LANGUAGE, "extra_networks"),
    "misc": (_LANGUAGE, "misc"),
    "multicond": (_LANGUAGE, "multicond"),
    "nondeterministic_schedule": (_LANGUAGE, "nondeterministic_schedule"),
    "schedule": (_LANGUAGE, "schedule"),
}
"""Suite (the stem of its file) to the module and function that runs one row."""
_UNNAMED = ("cases", "expect")  # files of suites that are named after their folder


class ConformanceError(MezzotintError):
    """A vector file cannot be read, or no vectors were found."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A row whose result differs."""

    row: Row
    expected: Any
    got: Any


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a suite; ``built`` is false where there is no check for it yet."""

    suite: str
    path: Path
    passed: int
    total: int
    built: bool = True
    mismatches: tuple[Mismatch, ...] = field(default=(), compare=False)


def find_suites(paths: Iterable[Path]) -> Iterator[Path]:
    """The vector files named, and those in the folders named.

    Raises:
        ConformanceError: a path does not exist, or holds no vector file.
    """
    for path in paths:
        found = sorted(path.rglob("*.jsonl")) if path.is_dir() else [path]
        if not found or not found[0].exists():
            raise ConformanceError(f"{path}: no .jsonl file of vectors here")
        yield from found


def run_suite(path: Path, keep: int = 10) -> Outcome:
    """Run every row of a vector file; ``keep`` bounds the mismatches that are remembered.

    Raises:
        ConformanceError: the file is not JSON lines.
    """
    rows = _rows(path)
    suite = path.parent.name if path.stem in _UNNAMED else path.stem
    if suite not in RUNNERS:
        return Outcome(suite, path, 0, len(rows), built=False)
    module, name = RUNNERS[suite]
    run: Callable[[Row], tuple[Any, Any]] = getattr(import_module(module), name)
    mismatches: list[Mismatch] = []
    passed = 0
    for row in rows:
        expected, got = run(row)
        passed += expected == got
        if expected != got and len(mismatches) < keep:
            mismatches.append(Mismatch(row, expected, got))
    return Outcome(suite, path, passed, len(rows), mismatches=tuple(mismatches))


def _rows(path: Path) -> list[Row]:
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if not line.strip():
            continue
        try:
            rows.append(json.loads(line))
        except ValueError as error:
            raise ConformanceError(f"{path}:{number}: not a line of JSON ({error})") from error
    return rows
