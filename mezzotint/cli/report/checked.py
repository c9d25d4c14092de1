"""What was found in a file."""

import hashlib
from bisect import bisect_right
from functools import lru_cache
from typing import NamedTuple

from mezzotint.grammar.diagnostics import Diagnostic, Severity


class Checked(NamedTuple):
    """A file after its check.

    Attributes:
        name: what findings are reported under.
        text: what their spans are ranges of.
        diagnostics: the findings.
        error: why the file could not be read; empty if it could.
        file: that was read; ``None`` for standard input.
        is_text: whether ``text`` is the file, and not a part of a picture.
    """

    name: str
    text: str = ""
    diagnostics: tuple[Diagnostic, ...] = ()
    error: str = ""
    file: str | None = None
    is_text: bool = True

    @property
    def uri(self) -> str:
        """The file, for programs: with ``/``, and as an URI would have it."""
        import os
        from urllib.parse import quote

        return quote((self.file or self.name.strip("<>")).replace(os.sep, "/"))


class Place(NamedTuple):
    """A range as people count it: from 1, the end column is behind the last character."""

    line: int
    column: int
    end_line: int
    end_column: int


def place(diagnostic: Diagnostic, text: str) -> Place:
    """Where a finding stands in a text."""
    starts, span = _line_starts(text), diagnostic.span
    line, end_line = bisect_right(starts, span.start), bisect_right(starts, span.end)
    return Place(line, span.start - starts[line - 1] + 1, end_line, span.end - starts[end_line - 1] + 1)


@lru_cache(maxsize=1)  # findings come file by file, and a list has thousands
def _line_starts(text: str) -> list[int]:
    starts = [0]
    while (end := text.find("\n", starts[-1])) >= 0:
        starts.append(end + 1)
    return starts


def fingerprint(checked: Checked, diagnostic: Diagnostic) -> str:
    """The same for the same finding after lines were added above it."""
    start = checked.text.rfind("\n", 0, diagnostic.span.start) + 1
    end = checked.text.find("\n", diagnostic.span.start)
    line = checked.text[start : None if end < 0 else end]
    column = diagnostic.span.start - start
    told = "\0".join((checked.name, diagnostic.code, diagnostic.message, line, str(column)))
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def counts(diagnostic: Diagnostic, fail_level: Severity) -> bool:
    """Whether a finding is bad enough to fail."""
    return _ORDER.index(diagnostic.severity) <= _ORDER.index(fail_level)


_ORDER = (Severity.ERROR, Severity.WARNING, Severity.INFO)
