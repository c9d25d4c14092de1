"""``mezzotint info``."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from mezzotint.cli.terminal import is_terminal
from mezzotint.grammar.diagnostics import printable
from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.metadata.describe import Description, describe
from mezzotint.runtime.metadata.generation import Confidence, Field

PICTURES = frozenset(
    {".png", ".jpg", ".jpeg", ".webp", ".avif", ".heic", ".heif", ".jxl", ".gif"},
)
_MAX_SHOWN = 400  # characters of a text that nobody recognised
_MAX_OTHERS = 40


def _files(arguments: tuple[Path, ...]) -> Iterator[Path]:
    """The files named, and the pictures in the folders named, in a stable order."""
    for argument in arguments:
        if not argument.is_dir():
            yield argument
            continue
        yield from (p for p in sorted(argument.rglob("*")) if p.suffix.lower() in PICTURES and p.is_file())


def _field_row(field: Field) -> dict[str, str]:
    return {
        "key": field.key,
        "value": field.value,
        "written": field.written,
        "confidence": field.confidence.value,
    }


def _row(name: str, described: Description) -> dict[str, Any]:
    found, made = described.metadata, described.generation
    return {
        "file": name,
        "container": found.container,
        "tool": made.tool if made else None,
        "prompt": made.prompt if made else None,
        "negative_prompt": made.negative_prompt if made else None,
        "settings": {field.key: field.value for field in made.settings} if made else {},
        "fields": [_field_row(field) for field in made.fields] if made else [],
        "others": {field.key: field.value for field in made.others} if made else {},
        "missing": list(made.missing) if made else [],
        "notes": list(made.notes) if made else [],
        "infotext": made.infotext if made else None,
        "source": made.source if made else None,
        "record": found.record,
        "entries": [[entry.keyword, entry.text] for entry in found.entries],
        "findings": [finding.message for finding in found.findings],
    }


def _shown(field: Field) -> str:
    """A value, and in brackets what the file has instead and how sure the value is."""
    asides = []
    if field.written not in {field.value, ""} and "\n" not in field.written:
        asides.append(_short(field.written))
    if field.confidence is not Confidence.STATED:
        asides.append(field.confidence.value)
    return f"{field.value}  [{', '.join(asides)}]" if asides else field.value


def _short(text: str) -> str:
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}… ({len(text)} characters)"


def _lines(described: Description) -> list[tuple[str, str]]:
    found, made = described.metadata, described.generation
    lines: list[tuple[str, str]] = []
    if made:
        lines.append(("Made with", made.tool))
        lines += [(f.key, _shown(f)) for f in made.fields if f.value or f.key == "Prompt"]
        lines += [(f.key, _short(_shown(f))) for f in made.others[:_MAX_OTHERS]]
        lines += [("missing", ", ".join(made.missing))] if made.missing else []
        lines += [("note", text) for text in made.notes]
    else:
        lines += [(entry.keyword, _short(entry.text)) for entry in found.entries]
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
@click.option(
    "--hidden",
    is_flag=True,
    help="Where nothing else is found, decode the pixels and look for a hidden text.",
)
@click.pass_context
def info_command(ctx: click.Context, files: tuple[Path, ...], as_json: bool, hidden: bool) -> None:
    """Show what pictures say about how they were made, whichever program made them.

    FILE is a PNG, JPEG, WebP, AVIF, HEIF, JPEG XL or GIF picture, a text file with an infotext, or a folder
    of pictures. Pixels are decoded only of pictures that say nothing openly. Exit status: 0 something was
    found, 1 nothing in any file, 2 a file could not be read.
    """
    rows = []
    told = failed = False
    for file in _files(files):
        try:
            described = describe(file, hidden=hidden)
        except MezzotintError as error:
            failed = True
            rows.append({"file": str(file), "error": str(error)})
            click.echo(f"error: {printable(str(error))}", err=True)
            continue
        told = told or described.generation is not None
        rows.append(_row(str(file), described))
        if not as_json:
            _show(str(file), _lines(described))
    if as_json:
        click.echo(json.dumps(rows, indent=1))
    ctx.exit(2 if failed else 0 if told else 1)
