"""Which rules run. A selector is a code, the beginning of one, a rule's name, or ``ALL``."""

from collections.abc import Iterable
from functools import cache, lru_cache
from typing import NamedTuple

from mezzotint.compiler.lint.listed import Listed
from mezzotint.compiler.lint.readers import REPORTED
from mezzotint.compiler.lint.rules import all_rules
from mezzotint.grammar.errors import MezzotintError

ALL = "ALL"
_EXACT = 100  # more than the rank of any beginning of a code


class SelectionError(MezzotintError):
    """A selector that selects nothing."""


class Selection(NamedTuple):
    """What was asked for. Of two selectors that disagree about a code the longer wins; of equals, ``ignore``.

    Attributes:
        select: instead of the rules that are on by default; ``None``: those.
        extend_select: besides.
        ignore: not these.
        never: not these, whatever else was asked for.
    """

    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    never: tuple[str, ...] = ()

    def require_known(self) -> None:
        """Refuse selectors that select nothing.

        Raises:
            SelectionError: one does.
        """
        for selector in (*(self.select or ()), *self.extend_select, *self.ignore, *self.never):
            if not any(_rank(selector, code) for code in code_names()):
                raise SelectionError(
                    f'no rule is called "{selector}"; give a code such as MZ201, the beginning of codes '
                    "such as MZ2, a name, or ALL (mezzotint rule --all lists them)"
                )

    def rules(self) -> tuple[Listed, ...]:
        """The rules that are to run."""
        return _rules(self)

    def keeps(self, code: str, *, is_default: bool = True) -> bool:
        """Whether findings of a code are wanted."""
        return self._wish(code, is_default) > _best(self.ignore, code) and not _best(self.never, code)

    def takes(self, row: Listed) -> bool:
        """Whether a rule is to run."""
        if not self.keeps(row.code, is_default=row.is_default):
            return False
        # Rules on trial are taken by their own names only, not because they are among others.
        is_named = row.is_default or self._wish(row.code, row.is_default) == _EXACT
        return is_named or not row.load().is_preview

    def _wish(self, code: str, is_default: bool) -> int:
        first = int(is_default) if self.select is None else _best(self.select, code)
        return max(first, _best(self.extend_select, code))


@lru_cache(maxsize=64)  # the files of a folder are mostly checked for the same
def _rules(selection: Selection) -> tuple[Listed, ...]:
    return tuple(row for row in all_rules() if selection.takes(row))


def _best(selectors: Iterable[str], code: str) -> int:
    return max((_rank(selector, code) for selector in selectors), default=0)


def _rank(selector: str, code: str) -> int:
    """How exactly a selector names a code; 0 if it does not."""
    wanted = selector.strip()
    if wanted.upper() == ALL:
        return 1
    if wanted.upper() == code or wanted.casefold() == code_names().get(code):
        return _EXACT
    return 1 + len(wanted) if wanted and code.startswith(wanted.upper()) else 0


@cache
def code_names() -> dict[str, str]:
    """The name of every code, in the order of the codes; no rule is loaded for it."""
    rows = [(row.code, _name(row)) for row in all_rules()] + [(one.code, one.name) for one in REPORTED]
    return dict(sorted(rows))


def _name(row: Listed) -> str:
    if not isinstance(row.place, str):
        return row.place.name
    return row.place.rpartition(".")[2].replace("_", "-")  # a test holds the modules to their names


def matches(selector: str, code: str) -> bool:
    """Whether a selector names a code."""
    return _rank(selector, code) > 0
