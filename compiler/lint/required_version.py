"""Which versions of Mezzotint a configuration is written for: ``>=0.1, <1``.

Source: the version specifiers of Python packages (PEP 440), for releases, whose versions are numbers only.
"""

import operator
import re
from collections.abc import Callable
from itertools import zip_longest

_CLAUSE = re.compile(r"\s*(==|!=|>=|<=|>|<|~=)?\s*(\d+(?:\.\d+)*)\s*")
_NUMBERS = re.compile(r"\d+(?:\.\d+)*")
_COMPARE: dict[str, Callable[[int, int], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}


def allows(wanted: str, version: str) -> bool | None:
    """Whether a version is among those wanted; ``None`` if what is wanted cannot be read."""
    clauses = [_CLAUSE.fullmatch(clause) for clause in wanted.split(",")]
    own = _NUMBERS.match(version)
    if own is None or not all(clauses):
        return None
    return all(_fits(clause[1] or "==", clause[2], own[0]) for clause in clauses if clause)


def _fits(sign: str, wanted: str, version: str) -> bool:
    if sign == "~=":  # the last number may grow
        upto = wanted.split(".")[:-1]
        return _order(version, wanted) >= 0 and version.split(".")[: len(upto)] == upto
    return _COMPARE[sign](_order(version, wanted), 0)


def _order(one: str, other: str) -> int:
    """Below, at or above 0 as the first version is older, the same or newer; ``1.0`` is ``1``."""
    for here, there in zip_longest(map(int, one.split(".")), map(int, other.split(".")), fillvalue=0):
        if here != there:
            return here - there
    return 0
