"""What the parser, the linter, the CLI and the language server all report."""

from dataclasses import dataclass
from enum import StrEnum

from mezzotint.grammar.span import Span, line_column


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding: a stable code, what is wrong in the user's words, where, and the remedy."""

    code: str
    message: str
    span: Span
    severity: Severity = Severity.WARNING
    help: str = ""


def printable(text: str) -> str:
    """The text with control and line characters shown as ``\\x1b``-style escapes.

    What is printed comes from strangers' files, so it must not drive the terminal.
    """
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def render(diagnostic: Diagnostic, source: str, name: str = "<prompt>") -> str:
    """``name:line:column: code message``, the source line, a caret line and the remedy."""
    line, column = line_column(source, diagnostic.span.start)
    line_start = diagnostic.span.start - (column - 1)
    text = source[line_start:].split("\n", 1)[0]
    before, marked = text[: column - 1], text[column - 1 : diagnostic.span.end - line_start]
    head = f"{printable(name)}:{line}:{column}: {diagnostic.severity} {diagnostic.code} {diagnostic.message}"
    carets = " " * len(printable(before)) + "^" * max(1, len(printable(marked)))
    lines = [head, f"    {printable(text)}", f"    {carets}"]
    if diagnostic.help:
        lines.append(f"    help: {diagnostic.help}")
    return "\n".join(lines)
