"""The suite of Midjourney's parameters, made from its documentation."""

from typing import Any

from mezzotint.conformance.result import Pair, Row, Skip, exact
from mezzotint.grammar.midjourney import FlagValue, Reference, split_tail

_CODES = {
    "MZ011": "unknown_parameter",
    "MZ012": "missing_value",
    "MZ013": "invalid_value",
    "MZ014": "out_of_range",
    "MZ015": "text_after_parameter",
    "MZ016": "conflicting_parameters",
    "MZ017": "duplicate_parameter",
    "MZ018": "flag_like_text",
}
"""Our findings to the suite's; the others of the suite concern versions and the text in front."""
_WARNINGS = {"duplicate_parameter", "flag_like_text"}


@exact
def midjourney(row: Row) -> Pair | Skip:
    """What concerns the flags: the text in front, with its pictures and weights, is not read here.

    A row with errors is one that Midjourney refuses; of those only the errors are compared.
    """
    if "input" not in row:
        return Skip.NO_CASE
    tail, expect = split_tail(row["input"]), row["expect"]
    found = {_CODES[d.code] for d in tail.diagnostics}
    if expect["errors"]:
        return _flags(expect["errors"]), sorted(found - _WARNINGS)
    params = {name: _plain(name, value) for name, value in tail.values().items()}
    expected = {"params": expect["params"], "findings": _flags(expect["warnings"])}
    return expected, {"params": params, "findings": sorted(found)}


def _flags(codes: list[str]) -> list[str]:
    return sorted(set(codes) & set(_CODES.values()))


def _plain(name: str, value: FlagValue) -> Any:
    """A value in the form that the suite has."""
    if not isinstance(value, tuple):
        return value
    key = "id" if name == "profile" else "ref"
    return [{key: v.name, "weight": v.weight} if isinstance(v, Reference) else v for v in value]
