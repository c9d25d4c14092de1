"""Finding suites of vectors in folders, and running them."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import IO

from mezzotint.conformance.result import Check, Result, Row, Skip, Source
from mezzotint.conformance.table import SUITES
from mezzotint.grammar.errors import MezzotintError

SHIPPED = Path(__file__).parent / "vectors"
"""The compact copy of the suites that comes with the package."""
_UNNAMED = ("cases", "expect")  # files of suites that are named after their folder
_MAX_LINE = 16 << 20  # characters; the longest row of the reference's suites has 40 000


class ConformanceError(MezzotintError):
    """A vector file cannot be read, or no vectors were found."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A row whose result differs."""

    row: Row
    result: Result


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a suite.

    Attributes:
        suite: its name.
        path: its file.
        passed: cases that agree.
        total: cases that were compared; where none could be, all there are.
        not_built: cases of parts that do not exist yet, outside ``total``.
        max_error: the largest error of all cases, ``None`` for suites of exact values.
        is_built: whether there is a check for it.
        missing: the library that keeps it from running, or ``None``.
        mismatches: the first rows that differ.
    """

    suite: str
    path: Path
    passed: int
    total: int
    not_built: int = 0
    max_error: float | None = None
    is_built: bool = True
    missing: str | None = None
    mismatches: tuple[Mismatch, ...] = field(default=(), compare=False)

    @property
    def ran(self) -> bool:
        """Whether cases were compared."""
        return self.is_built and self.missing is None

    @property
    def failed(self) -> bool:
        """Whether a case that was compared differs."""
        return self.ran and self.passed < self.total


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


def suite_name(path: Path) -> str:
    """The suite that a vector file belongs to: its stem, or its folder's name."""
    return path.parent.resolve().name if path.stem in _UNNAMED else path.stem


def run_suite(path: Path, *, keep: int = 10, device: str = "cpu") -> Outcome:
    """Run every row of a vector file.

    Args:
        path: the file; tensors and models lie beside it.
        keep: how many mismatches to remember.
        device: where tensors are computed.

    Raises:
        ConformanceError: the file, or one beside it that it takes, cannot be read.
    """
    suite = suite_name(path)
    if suite not in SUITES:
        return Outcome(suite, path, 0, sum(1 for _ in read_rows(path)), is_built=False)
    try:
        check = open_check(Source(path, device))
    except ModuleNotFoundError as error:
        library = (error.name or "").partition(".")[0]
        if library in {"", "mezzotint"}:
            raise
        return Outcome(suite, path, 0, sum(1 for _ in read_rows(path)), missing=library)
    tally = _Tally(keep)
    for row in read_rows(path):
        tally.add(row, run_row(check, row))
    return tally.outcome(suite, path)


def open_check(source: Source) -> Check:
    """The check of a suite, with what its cases share loaded.

    Raises:
        ConformanceError: a file of the suite is missing or damaged.
        ModuleNotFoundError: a library that it takes is not installed.
    """
    module, name = SUITES[suite_name(source.path)]
    check: Check = getattr(import_module(module), name)(source)
    return check


def run_row(check: Check, row: Row) -> Result | Skip:
    """Run one case; whatever goes wrong in it is the difference that is reported."""
    try:
        return check(row)
    except Exception as error:  # noqa: BLE001 - a case that crashes has failed, and the others still count
        return Result("a result", f"{type(error).__name__}: {error}", is_equal=False)


class _Tally:
    """Counts results, and keeps the first that differ."""

    def __init__(self, keep: int) -> None:
        self._keep = keep
        self.passed = self.total = self.not_built = 0
        self.errors: list[float] = []
        self.mismatches: list[Mismatch] = []

    def add(self, row: Row, result: Result | Skip) -> None:
        """Count one row."""
        if isinstance(result, Skip):
            self.not_built += result is Skip.NOT_BUILT
            return
        self.total += 1
        self.passed += result.is_equal
        if result.error is not None:
            self.errors = [max([*self.errors, result.error])]
        if not result.is_equal and len(self.mismatches) < self._keep:
            self.mismatches.append(Mismatch(row, result))

    def outcome(self, suite: str, path: Path) -> Outcome:
        """What has been counted."""
        return Outcome(
            suite,
            path,
            self.passed,
            self.total or self.not_built,
            not_built=self.not_built,
            max_error=self.errors[0] if self.errors else None,
            is_built=self.total > 0 or self.not_built == 0,
            mismatches=tuple(self.mismatches),
        )


def read_rows(path: Path) -> Iterator[Row]:
    """The rows of a vector file, one at a time.

    Raises:
        ConformanceError: it is not lines of JSON objects.
    """
    try:
        with path.open(encoding="utf-8", newline="\n") as file:
            yield from _parse(file, path)
    except UnicodeDecodeError as error:
        raise ConformanceError(f"{path}: not UTF-8 text; fetch the vectors again") from error


def _parse(file: IO[str], path: Path) -> Iterator[Row]:
    for number, line in enumerate(iter(lambda: file.readline(_MAX_LINE), ""), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise ConformanceError(f"{path}:{number}: not a line of JSON ({error})") from error
        if not isinstance(row, dict):
            raise ConformanceError(f"{path}:{number}: not a JSON object; a row of vectors is one")
        yield row
