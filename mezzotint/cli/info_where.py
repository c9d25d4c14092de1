"""Conditions on what pictures say: ``Steps>=30``, ``Model=dreamshaper_8``, ``prompt~fox``."""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.metadata.describe import Description

_FORM = re.compile(r"\s*([^=~<>!]+?)\s*(!=|<=|>=|=|~|<|>)\s*(.*?)\s*", re.DOTALL)
_ORDERS: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """``key`` compared with ``value``; letters of any case are the same."""

    key: str
    sign: str
    value: str

    @classmethod
    def read(cls, text: str) -> "Condition":
        """The condition that a text spells.

        Raises:
            MezzotintError: it spells none.
        """
        match = _FORM.fullmatch(text)
        if match is None:
            raise MezzotintError(
                f"{text!r} is no condition: write KEY=VALUE, or !=, ~ (contains), <, >, <=, >="
            )
        if match[2] in _ORDERS and _number(match[3]) is None:
            raise MezzotintError(f"{text!r} compares with {match[3]!r}, which is no number")
        return cls(match[1].casefold(), match[2], match[3])

    def holds(self, values: Mapping[str, str]) -> bool:
        """Whether it holds; of what the file does not say nothing holds but ``!=``."""
        found = values.get(self.key)
        if found is None:
            return self.sign == "!="
        if self.sign == "~":
            return self.value.casefold() in found.casefold()
        one, other = _number(found), _number(self.value)
        if self.sign in _ORDERS:
            return one is not None and other is not None and _ORDERS[self.sign](one, other)
        same = found.casefold() == self.value.casefold() or (one is not None and one == other)
        return same == (self.sign == "=")


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def values_of(name: str, described: Description) -> dict[str, str]:
    """What conditions may ask for: the fields and the file's name, container and tool, in lower case."""
    made = described.generation
    values = {"file": name, "container": described.metadata.container}
    if made is not None:
        values |= {field.key.casefold(): field.value for field in (*made.others, *made.fields)}
        values["tool"] = made.tool
    return values
