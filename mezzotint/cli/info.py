"""``mezzotint info``."""

import json
from pathlib import Path
from typing import Any

import click

from mezzotint.cli.terminal import is_terminal
from mezzotint.grammar.diagnostics import printable
from mezzotint.grammar.errors import MezzotintError
from mezzotint.grammar.infotext.record import Infotext
from mezzotint.grammar.infotext.text import parse
from mezzotint.runtime.metadata.read import read
from mezzotint.runtime.metadata.record import Metadata


def _row(name: str, found: Metadata, infotext: Infotext | None) -> dict[str, Any]:
    return {
        "file": name,
        "container": found.container,
        "prompt": infotext.prompt if infotext else None,
        "negative_prompt": infotext.negative_prompt if infotext else None,
        "settings": {s.key: s.value for s in infotext.settings} if infotext else {},
        "infotext": found.parameters,
        "record": found.record,
        "entries": [[entry.keyword, entry.text] for entry in found.entries],
        "findings": [finding.message for finding in found.findings],
    }


def _lines(found: Metadata, infotext: Infotext | None) -> list[tuple[str, str]]:
    lines: list[tuple[str, str]] = []
    if infotext:
        lines += [("Prompt", infotext.prompt)]
        lines += [("Negative prompt", infotext.negative_prompt)] if infotext.negative_prompt else []
        lines += [(s.key, s.value or "") for s in infotext.settings]
    lines += [(entry.keyword, entry.text) for entry in found.entries]
    lines += [("warning", finding.message) for finding in found.findings]
    return lines


def _show(name: str, lines: list[tuple[str, str]]) -> None:
    click.echo(click.style(printable(name), bold=True))
    if not lines:
        click.echo("  nothing about how it was made")
    elif is_terminal():
        _table(lines)
    else:
        for key, value in lines:
            click.echo(f"  {printable(key)}: {printable(value)}")


def _table(lines: list[tuple[str, str]]) -> None:
    from rich.table import Table
    from rich.text import Text

    from mezzotint.cli.terminal import console

    table = Table.grid(padding=(0, 2))
    for key, value in lines:
        shown = "\n".join(printable(line) for line in value.split("\n"))
        table.add_row(Text("  " + printable(key), style="cyan"), Text(shown))
    console().print(table)


@click.command("info")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array, an object for each file.")
@click.pass_context
def info_command(ctx: click.Context, files: tuple[Path, ...], as_json: bool) -> None:
    """Show what pictures say about how they were made.

    FILE is a PNG, JPEG or WebP picture or a text file with an infotext; pixels are not decoded. Exit
    status: 0 something was found, 1 nothing in any file, 2 a file could not be read.
    """
    rows = []
    told = failed = False
    for file in files:
        try:
            found = read(file)
        except MezzotintError as error:
            failed = True
            rows.append({"file": str(file), "error": str(error)})
            click.echo(f"error: {printable(str(error))}", err=True)
            continue
        infotext = parse(found.parameters) if found.parameters is not None else None
        told = told or infotext is not None
        rows.append(_row(str(file), found, infotext))
        if not as_json:
            _show(str(file), _lines(found, infotext))
    if as_json:
        click.echo(json.dumps(rows, indent=1))
    ctx.exit(2 if failed else 0 if told else 1)
