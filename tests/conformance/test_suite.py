"""Finding, running and counting vectors, whatever is in the files."""

import json
import sys
from pathlib import Path

import pytest

from mezzotint.conformance.result import Result, Row, Skip, Source, exact
from mezzotint.conformance.suite import (
    SHIPPED,
    ConformanceError,
    find_suites,
    open_check,
    read_rows,
    run_row,
    run_suite,
    suite_name,
)


def write(path: Path, *rows: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n\n" for row in rows), encoding="utf-8")
    return path


GOOD = {"prompt": "a", "expect": [["a", 1.0]]}
BAD = {"prompt": "a", "expect": [["a", 2.0]]}


def test_a_suite_is_known_by_its_file_or_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(tmp_path / "attention" / "cases.jsonl", GOOD)
    other = write(tmp_path / "schedule.jsonl", GOOD)
    assert [suite_name(path) for path in find_suites([tmp_path])] == ["attention", "schedule"]
    assert list(find_suites([other, file])) == [other, file]
    monkeypatch.chdir(file.parent)
    assert suite_name(Path("cases.jsonl")) == "attention"


def test_what_differs_is_counted_and_the_first_is_kept(tmp_path: Path) -> None:
    outcome = run_suite(write(tmp_path / "attention.jsonl", GOOD, BAD, BAD), keep=1)
    assert (outcome.passed, outcome.total, outcome.max_error, outcome.failed) == (1, 3, None, True)
    (mismatch,) = outcome.mismatches
    assert mismatch.row == BAD
    assert mismatch.result == Result([["a", 2.0]], [["a", 1.0]], is_equal=False)


def test_a_case_that_crashes_is_one_that_fails(tmp_path: Path) -> None:
    outcome = run_suite(write(tmp_path / "attention.jsonl", GOOD, {}, {"prompt": 5, "expect": []}))
    assert (outcome.passed, outcome.total) == (1, 3)
    assert outcome.mismatches[0].result.got == "KeyError: 'expect'"


def test_what_is_not_built_does_not_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unknown = run_suite(write(tmp_path / "teleportation.jsonl", GOOD, GOOD))
    assert (unknown.is_built, unknown.ran, unknown.failed, unknown.total) == (False, False, False, 2)

    def check(row: Row) -> Result | Skip:
        return Result(1, 1, is_equal=True) if row["is_built"] else Skip.NOT_BUILT

    monkeypatch.setattr("mezzotint.conformance.suite.open_check", lambda _source: check)
    nothing = run_suite(write(tmp_path / "styles.jsonl", {"is_built": False}))
    assert (nothing.is_built, nothing.failed, nothing.total) == (False, False, 1)
    some = run_suite(write(tmp_path / "styles.jsonl", {"is_built": False}, {"is_built": True}))
    assert (some.is_built, some.passed, some.total, some.not_built) == (True, 1, 1, 1)


@pytest.mark.parametrize("library", ["torch", "transformers"])
def test_a_missing_library_is_named(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("conditioning", "text_models", "tensors"):
        monkeypatch.delitem(sys.modules, f"mezzotint.conformance.{module}", raising=False)
    monkeypatch.setitem(sys.modules, library, None)
    path = SHIPPED / "cond_sd1" / "cases.jsonl"
    outcome = run_suite(path)
    assert (outcome.missing, outcome.passed, outcome.total) == (library, 0, len(list(read_rows(path))))
    assert not outcome.failed


def test_a_library_for_rendering_is_missed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "mezzotint.runtime.engine", raising=False)
    monkeypatch.setitem(sys.modules, "torch", None)
    outcome = run_suite(write(tmp_path / "e2e_sd1" / "cases.jsonl", {}, {}))
    assert (outcome.missing, outcome.total, outcome.failed) == ("torch", 2, False)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"prompt": 1}\n{"prompt"', ":2: not a line of JSON"),
        (b"[1]\n", ":1: not a JSON object"),
        (b"[" * 100_000, ":1: not a line of JSON"),
        (b"\xff\xfe\n", "not UTF-8"),
    ],
)
def test_other_files_are_refused(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "attention.jsonl"
    path.write_bytes(content)
    with pytest.raises(ConformanceError, match=message):
        run_suite(path)


def test_a_folder_without_vectors_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "gone.jsonl"):
        with pytest.raises(ConformanceError, match=r"no \.jsonl file"):
            list(find_suites([path]))


def test_missing_tensors_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "samplers.jsonl", {"id": "0"})
    with pytest.raises(ConformanceError, match="fetch the vectors again"):
        run_suite(path)
    (tmp_path / "samplers.safetensors").write_bytes(b"\xff" * 100)
    with pytest.raises(ConformanceError, match="fetch the vectors again"):
        open_check(Source(path))


@pytest.mark.parametrize(
    ("expected", "got", "is_equal"), [(1, 1.0, False), ([1], (1,), True), (1, True, False)]
)
def test_exact_values_are_the_same_json(expected: object, got: object, is_equal: bool) -> None:
    @exact
    def suite(_row: Row) -> tuple[object, object]:
        return expected, got

    result = run_row(suite(Source(Path())), {})
    assert not isinstance(result, Skip)
    assert result.is_equal is is_equal
