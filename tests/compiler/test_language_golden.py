"""The prompt language against vectors made by running stable-diffusion-webui v1.10.1."""

import json
from pathlib import Path

import pytest

from mezzotint.compiler.passes.comments import comments
from mezzotint.compiler.passes.mapped import Mapped
from mezzotint.conformance.suite import run_suite

GOLDEN = Path(__file__).parents[1] / "golden" / "language"
SUITES = ["active", "attention", "extra_networks", "multicond", "nondeterministic_schedule", "schedule"]


@pytest.mark.parametrize("suite", SUITES)
def test_suite(suite: str) -> None:
    outcome = run_suite(GOLDEN / f"{suite}.jsonl")
    assert outcome.built
    assert outcome.mismatches == ()
    assert outcome.passed == outcome.total > 0


def test_comments() -> None:
    rows = [json.loads(line) for line in (GOLDEN / "misc.jsonl").read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if row["kind"] == "comments"]
    assert len(rows) >= 10
    for row in rows:
        assert comments(Mapped(row["prompt"])).text == row["expect"], row["prompt"]
