"""The prompt language against vectors made by running stable-diffusion-webui v1.10.1."""

from pathlib import Path

import pytest

from mezzotint.conformance.suite import run_suite

GOLDEN = Path(__file__).parents[1] / "golden" / "language"
SUITES = [
    "active",
    "attention",
    "extra_networks",
    "misc",
    "multicond",
    "nondeterministic_schedule",
    "schedule",
]


@pytest.mark.parametrize("suite", SUITES)
def test_suite(suite: str) -> None:
    outcome = run_suite(GOLDEN / f"{suite}.jsonl")
    assert outcome.built
    assert outcome.mismatches == ()
    assert outcome.passed == outcome.total > 0
