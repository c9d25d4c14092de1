"""What was found in a file."""

import hashlib
from functools import lru_cache
from typing import NamedTuple

from mezzotint.grammar.diagnostics import Diagnostic, Severity
from mezzotint.grammar.span import line_column, line_starts


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
        """The file as an URI; relative, if it was named so."""
        import os
        from urllib.parse import quote

        name = self.file or self.name.strip("<>")
        path = quote(os.fsencode(name.replace(os.sep, "/")))
        return f"file://{path}" if path.startswith("/") else path

    @property
    def record(self) -> str:
        """What a picture calls the text: ``parameters`` in ``a.png[parameters]``."""
        return self.name.removeprefix(f"{self.file}[").removesuffix("]")


class Place(NamedTuple):
    """A range as people count it: from 1, the end column is behind the last character."""

    line: int
    column: int
    end_line: int
    end_column: int


def place(diagnostic: Diagnostic, text: str) -> Place:
    """Where a finding stands in a text."""
    span = diagnostic.span
    return Place(*line_column(text, span.start), *line_column(text, span.end))


def fingerprint(checked: Checked, diagnostic: Diagnostic) -> str:
    """The same for the same finding after lines were added above it."""
    start = diagnostic.span.start
    line, column = line_column(checked.text, start)
    told = (checked.name, diagnostic.code, diagnostic.message, _line_digest(checked.text, line), str(column))
    return _digest("\0".join(told))


@lru_cache(maxsize=1)  # a long line may hold thousands of findings
def _line_digest(text: str, line: int) -> str:
    start = line_starts(text)[line - 1]
    end = text.find("\n", start)
    return _digest(text[start : None if end < 0 else end])


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def counts(diagnostic: Diagnostic, fail_level: Severity) -> bool:
    """Whether a finding is bad enough to fail."""
    return _ORDER.index(diagnostic.severity) <= _ORDER.index(fail_level)


_ORDER = (Severity.ERROR, Severity.WARNING, Severity.INFO)
