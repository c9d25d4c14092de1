"""Every suite of the reference's vectors that stands here, run as ``mezzotint conformance`` runs it."""

import math
from pathlib import Path

import pytest

from mezzotint.conformance.suite import SHIPPED, find_suites, read_rows, run_suite, suite_name
from mezzotint.conformance.table import SUITES
from mezzotint.runtime.sampler_table import SAMPLERS

GOLDEN = Path(__file__).parents[1] / "golden"
FILES = [path for path in find_suites([SHIPPED, GOLDEN]) if suite_name(path) in SUITES]

# Some samplers may be further off on other processors; on those that the tests run on they are not.
CLOSER = {"samplers": 5e-5}


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_case_agrees(path: Path) -> None:
    outcome = run_suite(path)
    assert outcome.mismatches == ()
    assert outcome.ran
    assert outcome.passed == outcome.total > 0
    assert (outcome.max_error or 0.0) <= CLOSER.get(outcome.suite, math.inf)


def test_every_suite_with_a_check_stands_here() -> None:
    here = {suite for suite in SUITES if not suite.startswith("e2e_")}  # their checkpoints are too large
    assert {suite_name(path) for path in FILES} == here
    assert all(suite_name(path) in SUITES for path in find_suites([SHIPPED]))


@pytest.mark.parametrize("folder", [GOLDEN, SHIPPED])
def test_every_sampler_is_tested(folder: Path) -> None:
    tested = {row["sampler"] for row in read_rows(folder / "samplers.jsonl")}
    assert tested == {info.name for info in SAMPLERS}
