"""No check passes whatever it is given: with a wrong expectation each case of each suite fails."""

import json
from pathlib import Path
from typing import Any

import pytest
from torch import Tensor

from mezzotint.conformance.result import Result, Row, Source
from mezzotint.conformance.suite import SHIPPED, find_suites, open_check, read_rows, run_row, suite_name
from mezzotint.conformance.table import SUITES
from mezzotint.conformance.tensors import TensorFile

GOLDEN = Path(__file__).parents[1] / "golden"
FILES = {suite_name(p): p for p in find_suites([SHIPPED, GOLDEN]) if suite_name(p) in SUITES}
ROWS = 20  # of each suite
EXPECTATIONS = {
    *("active", "expect", "expect_networks", "expect_chunks", "expect_tokens", "lora_short12"),
    *("neg_out", "negative_out"),
    *(
        "raw",
        "read",
        "regex_roundtrip",
        "segments",
        "sha256",
        "sigma",
        "sigmas",
        "t_enc",
        "timesteps",
        "uint8",
    ),
    *("upscale_to", "variants"),
}
"""The keys under which rows say what is expected."""


def wrong(value: Any) -> Any:
    """The same, but for every number, text and list in it."""
    match value:
        case bool() | None:
            return "wrong"
        case int() | float():
            return value + 1
        case str():
            return value + "!"
        case list():
            return [*map(wrong, value), "text_after_parameter"]  # a code that Midjourney's suite knows
        case dict():
            return {key: wrong(one) for key, one in value.items()} | {"wrong": 1}
    raise TypeError(value)


def spoiled(row: Row) -> Row:
    changed = {key: wrong(row[key]) for key in EXPECTATIONS & row.keys()}
    changed |= {key: [sigma + 1 for sigma in row[key]] for key in ("sigma", "sigmas") if key in row}
    return {key: value for key, value in row.items() if key != "error"} | changed


@pytest.mark.parametrize("suite", sorted(FILES))
def test_a_wrong_expectation_fails(suite: str, monkeypatch: pytest.MonkeyPatch) -> None:
    check = open_check(Source(FILES[suite]))
    rows = list(read_rows(FILES[suite]))[: ROWS + 1]
    good = [(row, found) for row in rows if isinstance(found := run_row(check, row), Result)]
    assert good
    right = TensorFile.__getitem__

    def shifted(self: TensorFile, name: str) -> Tensor:
        return right(self, name) + 0.01

    monkeypatch.setattr(TensorFile, "__getitem__", shifted)
    for row, found in good:
        assert found.is_equal
        if "error" in row:
            continue
        result = run_row(check, spoiled(row))
        assert isinstance(result, Result)
        assert not result.is_equal, json.dumps(row)[:500]
