"""What ``mezzotint check`` does. No click here: a check of a small file should not wait for it."""

import os
from collections.abc import Iterable, Iterator
from typing import Any

from mezzotint.cli.inputs import PICTURES, SHEETS, STDIN, STYLES, TEXTS, Input, read_file
from mezzotint.cli.terminal import echo, paint
from mezzotint.compiler.lint.document import lint_document
from mezzotint.grammar.diagnostics import Diagnostic, Severity, printable, render
from mezzotint.grammar.document import Dialect
from mezzotint.grammar.errors import MezzotintError
from mezzotint.grammar.span import line_column

COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}


def check_files(names: Iterable[str], dialect: str = Dialect.AUTO, *, as_json: bool = False) -> int:
    """Print the findings in files, in those of folders, and in standard input (``-``).

    Returns:
        The exit status: 0 nothing found, 1 findings, 2 something could not be read.
    """
    rows: list[dict[str, Any]] = []
    checked = found = unread = 0
    for name in _files(names):
        try:
            source = read_file(name, dialect)
            diagnostics = _find(source)
        except (MezzotintError, OSError) as error:
            unread += 1
            reason = f"{name}: {error.strerror}" if isinstance(error, OSError) else str(error)
            echo(f"error: {printable(reason)}", err=True)
            continue
        checked += 1
        found += sum(d.severity is not Severity.INFO for d in diagnostics)
        for diagnostic in diagnostics:
            if as_json:
                rows.append(_row(diagnostic, source))
            else:
                show_diagnostic(diagnostic, source)
    if as_json:
        import json

        echo(json.dumps(rows, ensure_ascii=True, indent=1))
    else:
        what = "no findings" if not found else f"{found} finding{'s' * (found != 1)}"
        echo(f"{what} in {checked} file{'s' * (checked != 1)}", err=True)
    return 2 if unread else 1 if found else 0


def _files(arguments: Iterable[str]) -> Iterator[str]:
    """The files named, and those in the folders named, in a stable order."""
    for argument in arguments:
        if argument == STDIN or not os.path.isdir(argument):
            yield argument
            continue
        from pathlib import Path

        for path in sorted(Path(argument).rglob("*")):
            is_known = path.suffix.lower() in (*PICTURES, *TEXTS) or path.name.lower() == STYLES
            if is_known and path.is_file():
                yield str(path)


def _find(source: Input) -> list[Diagnostic]:
    if not source.name.lower().endswith(SHEETS):
        return lint_document(source.document)
    from mezzotint.compiler.lint.styles import lint_styles

    try:
        return lint_styles(source.document.source)
    except MezzotintError as error:
        raise MezzotintError(f"{source.name}: {error}") from error


def show_diagnostic(diagnostic: Diagnostic, source: Input, *, err: bool = False) -> None:
    """Print a finding with its source line and caret; colours reach terminals only."""
    head, *rest = render(diagnostic, source.document.source, source.name).split("\n")
    before, severity, after = head.partition(f" {diagnostic.severity} ")
    echo(before + paint(severity, COLOURS[diagnostic.severity], bold=True) + after, err=err)
    for line in rest:
        echo(paint(line, "green") if line.strip("^ ") == "" else line, err=err)


def _row(diagnostic: Diagnostic, source: Input) -> dict[str, Any]:
    text, span = source.document.source, diagnostic.span
    line, column = line_column(text, span.start)
    end_line, end_column = line_column(text, span.end)
    return {
        "file": source.name,
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
        "start": span.start,
        "end": span.end,
        "code": diagnostic.code,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        "help": diagnostic.help,
    }
