"""``mezzotint info``."""

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import click

from mezzotint.cli.info_reading import STDIN, read_all
from mezzotint.cli.info_where import Condition, values_of
from mezzotint.cli.options import processors
from mezzotint.cli.pictures import require_pictures
from mezzotint.cli.progress import steps
from mezzotint.cli.terminal import is_terminal
from mezzotint.grammar.diagnostics import printable
from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.metadata.describe import Description
from mezzotint.runtime.metadata.generation import Confidence, Field

_MAX_SHOWN = 400  # characters of a text that nobody recognised
_MAX_OTHERS = 40
_MAX_JOBS = 64
_LINES = ("text", "raw")  # forms that are printed file by file


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
        "findings": [{"kind": finding.kind, "message": finding.message} for finding in found.findings],
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
        click.echo("\n".join(f"  {printable(key)}: {printable(value)}" for key, value in lines))


def _table(lines: list[tuple[str, str]]) -> None:
    from rich.table import Table
    from rich.text import Text

    from mezzotint.cli.terminal import console

    table = Table.grid(padding=(0, 2))
    for key, value in lines:
        shown = "\n".join(printable(line) for line in value.split("\n"))
        table.add_row(Text("  " + printable(key), style="cyan"), Text(shown))
    console().print(table)


def _show_raw(name: str, described: Description, *, is_only: bool) -> None:
    """The texts as they stand in the file; to a program exactly so, where there is but one."""
    found = described.metadata
    place = found.place or "parameters"
    texts = [] if found.parameters is None else [(str(place), found.parameters)]
    texts += [(entry.keyword, entry.text) for entry in found.entries]
    for keyword, text in texts:
        if not is_only or len(texts) > 1:
            click.echo(click.style(f"{printable(name)}: {printable(keyword)}", bold=True))
        shown = "\n".join(map(printable, text.split("\n"))) if is_terminal() else text
        click.echo(shown.encode("utf-8", "backslashreplace"))


def _show_rows(form: str, rows: Sequence[dict[str, str]]) -> None:
    from mezzotint.cli.info_sheet import show_csv, show_parquet, show_table

    {"table": show_table, "csv": show_csv, "parquet": show_parquet}[form](rows)


class _Output:
    """Shows file after file. JSON is written as it comes: large texts need not all fit into memory."""

    def __init__(self, form: str, *, is_only: bool) -> None:
        self.form, self.is_only = form, is_only
        self.rows: list[dict[str, str]] = []  # of forms whose columns depend on all files
        self.count = 0

    def show(self, name: str, described: Description) -> None:
        if self.form == "raw":
            _show_raw(name, described, is_only=self.is_only)
        elif self.form == "text":
            _show(name, _lines(described))
        else:
            self._add(_row(name, described))

    def fail(self, name: str, reason: str) -> None:
        if self.form not in _LINES:
            self._add({"file": name, "error": reason})
        click.echo(f"error: {printable(reason)}", err=True)

    def _add(self, row: dict[str, Any]) -> None:
        if self.form != "json":
            from mezzotint.cli.info_sheet import flat

            self.rows.append(flat(row))
            return
        text = json.dumps(row, indent=1).replace("\n", "\n ")
        click.echo(f"{',' if self.count else '['}\n {text}", nl=False)
        self.count += 1

    def end(self) -> None:
        if self.form == "json":
            click.echo("\n]" if self.count else "[]")
        elif self.form not in _LINES:
            _show_rows(self.form, self.rows)


@click.command("info")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "table", "json", "csv", "parquet"]),
    default="text",
    help="Text (the default), or one table, JSON array, CSV or Parquet file of all.",
)
@click.option("--raw", is_flag=True, help="Print the texts as they stand in the file.")
@click.option(
    "--where",
    "conditions",
    multiple=True,
    metavar="CONDITION",
    help="Only files that say so: Steps>=30, Model=NAME, prompt~WORD, tool!=comfyui. May be repeated.",
)
@click.option(
    "--jobs",
    type=click.IntRange(0, _MAX_JOBS),
    default=1,
    help="Read so many files at once; 0 is one for each processor. Pays on slow disks.",
)
@click.option(
    "--hidden",
    is_flag=True,
    help="Where nothing else is found, decode the pixels and look for a hidden text.",
)
@click.pass_context
def info_command(
    ctx: click.Context,
    files: tuple[Path, ...],
    as_json: bool,
    form: str,
    raw: bool,
    conditions: tuple[str, ...],
    jobs: int,
    hidden: bool,
) -> None:
    """Show what pictures say about how they were made, whichever program made them.

    FILE is a PNG, JPEG, WebP, AVIF, HEIF, JPEG XL or GIF picture, a text file with an infotext, a folder
    of pictures, a pattern such as "**/*.png", or - for a picture on standard input. Pixels are decoded only
    of pictures that say nothing openly. Exit status: 0 something was found, 1 nothing in any file, 2 a file
    could not be read.
    """
    form = "raw" if raw else "json" if as_json else form
    wanted = [Condition.read(text) for text in conditions]
    if form == "parquet":
        from mezzotint.cli.info_sheet import check_parquet

        check_parquet()
    found = require_pictures(files)
    out = _Output(form, is_only=len(found) == 1)
    told = failed = met = False
    # A bar between lines of text would tear them apart.
    with _bar(is_shown=len(found) > 1 and not (form in _LINES and is_terminal())) as moved:
        for at, described in enumerate(
            read_all(found, hidden=hidden, jobs=jobs or min(processors(), _MAX_JOBS))
        ):
            moved(at, len(found))
            name = "standard input" if found[at] == STDIN else str(found[at])
            if isinstance(described, MezzotintError):
                failed = True
                out.fail(name, str(described))
            elif all(condition.holds(values_of(name, described)) for condition in wanted):
                met, told = True, told or described.generation is not None
                out.show(name, described)
    out.end()
    if wanted and not met:
        click.echo("note: no file meets these conditions", err=True)
    ctx.exit(2 if failed else 0 if told else 1)


def _bar(*, is_shown: bool) -> AbstractContextManager[Callable[[int, int], None]]:
    return steps("reading") if is_shown else nullcontext(lambda _at, _total: None)
