"""``mezzotint check``."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from mezzotint.cli.inputs import PICTURES, STDIN, TEXTS, Input, dialect_option, read_file
from mezzotint.compiler.lint.document import lint_document
from mezzotint.grammar.diagnostics import Diagnostic, Severity, printable, render
from mezzotint.grammar.errors import MezzotintError
from mezzotint.grammar.span import line_column

COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}


def _files(arguments: tuple[str, ...]) -> Iterator[str]:
    """The files named, and those in the folders named, in a stable order."""
    for argument in arguments:
        folder = Path(argument)
        if argument == STDIN or not folder.is_dir():
            yield argument
            continue
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() in (*PICTURES, *TEXTS) and path.is_file():
                yield str(path)


def show_diagnostic(diagnostic: Diagnostic, source: Input, *, err: bool = False) -> None:
    """Print a finding with its source line and caret; colours reach terminals only."""
    head, *rest = render(diagnostic, source.document.source, source.name).split("\n")
    before, severity, after = head.partition(f" {diagnostic.severity} ")
    click.echo(before + click.style(severity, fg=COLOURS[diagnostic.severity], bold=True) + after, err=err)
    for line in rest:
        click.echo(click.style(line, fg="green") if line.strip("^ ") == "" else line, err=err)


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


@click.command("check")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as one JSON array.")
@dialect_option
@click.pass_context
def check_command(ctx: click.Context, files: tuple[str, ...], as_json: bool, dialect: str) -> None:
    """Find what prompts say and do not mean.

    FILE is a text file with one prompt or one infotext, a picture with its prompt in the metadata, a
    folder of either, or - for standard input. Exit status: 0 nothing found, 1 findings, 2 something
    could not be read.
    """
    rows: list[dict[str, Any]] = []
    checked = found = unread = 0
    for name in _files(files):
        try:
            source = read_file(name, dialect)
        except (MezzotintError, OSError) as error:
            unread += 1
            reason = f"{name}: {error.strerror}" if isinstance(error, OSError) else str(error)
            click.echo(f"error: {printable(reason)}", err=True)
            continue
        checked += 1
        diagnostics = lint_document(source.document)
        found += sum(d.severity is not Severity.INFO for d in diagnostics)
        for diagnostic in diagnostics:
            if as_json:
                rows.append(_row(diagnostic, source))
            else:
                show_diagnostic(diagnostic, source)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=True, indent=1))
    else:
        what = "no findings" if not found else f"{found} finding{'s' * (found != 1)}"
        click.echo(f"{what} in {checked} file{'s' * (checked != 1)}", err=True)
    ctx.exit(2 if unread else 1 if found else 0)
