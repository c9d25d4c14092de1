"""What the parser, the linter, the CLI and the language server all report."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from mezzotint.grammar.span import Span, line_column


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Fix(NamedTuple):
    """A remedy that a program can apply.

    Attributes:
        edits: ranges of the source and what replaces each; disjoint, in ascending order.
        is_safe: whether the text is proven to mean the same afterwards.
        title: what it does, for menus.
    """

    edits: tuple[tuple[Span, str], ...]
    is_safe: bool
    title: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding: a stable code, what is wrong in the user's words, where, and the remedies.

    Two findings are equal when they say the same of the same place, with or without ``fixes``.
    """

    code: str
    message: str
    span: Span
    severity: Severity = Severity.WARNING
    help: str = ""
    fixes: tuple[Fix, ...] = field(default=(), compare=False)


def printable(text: str) -> str:
    """The text with control and line characters shown as ``\\x1b``-style escapes.

    What is printed comes from strangers' files, so it must not drive the terminal.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


WIDTH = 120
"""Characters of a source line that are shown; of a longer one, those around the place."""
_BEFORE = 40  # of them at most before the place


def render(diagnostic: Diagnostic, source: str, name: str = "<prompt>") -> str:
    """``name:line:column: code message``, the source line, a caret line and the remedy."""
    line, column = line_column(source, diagnostic.span.start)
    head = f"{printable(name)}:{line}:{column}: {diagnostic.severity} {diagnostic.code} {diagnostic.message}"
    lines = [head, *_excerpt(source, diagnostic.span, column)]
    if diagnostic.help:
        lines.append(f"    help: {diagnostic.help}")
    return "\n".join(lines)


def _excerpt(source: str, span: Span, column: int) -> tuple[str, str]:
    """The line, or its part around the place, and carets below it."""
    line_start = span.start - (column - 1)
    line_end = source.find("\n", span.start)
    line_end = len(source) if line_end < 0 else line_end
    start, end = line_start, line_end
    if line_end - line_start > WIDTH:
        start = max(line_start, min(span.start - _BEFORE, line_end - WIDTH))
        end = start + WIDTH
    before = ("…" if start > line_start else "") + source[start : span.start]
    marked = source[span.start : min(span.end, end)]
    after = source[span.start + len(marked) : end] + ("…" if end < line_end else "")
    text = printable(before) + printable(marked) + printable(after)
    return f"    {text}", f"    {' ' * len(printable(before))}{'^' * max(1, len(printable(marked)))}"
