"""What pictures say as rows: on a terminal, as CSV, as Parquet."""

import csv
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO, StringIO
from typing import Any

from mezzotint.cli.terminal import console, echo, is_terminal
from mezzotint.grammar.diagnostics import printable
from mezzotint.grammar.errors import MezzotintError

_SHOWN = ("tool", "Model", "Sampler", "Steps", "CFG scale", "Seed", "Size", "prompt")
_FIRST = ("file", "tool", "prompt", "negative_prompt")
_MAX_CELL = 60  # characters of a prompt in a table
_FORMULA = re.compile(r"[=+@\t\r]|-(?![\d.])")  # what a spreadsheet would take for one


def flat(row: Mapping[str, Any]) -> dict[str, str]:
    """The settings of a row beside its prompts."""
    texts = {key: str(row[key]) for key in (*_FIRST, "error") if row.get(key) is not None}
    return texts | {key: value for key, value in row.get("settings", {}).items() if key not in texts}


def show_table(rows: Sequence[Mapping[str, str]]) -> None:
    """The most telling settings; columns on a terminal, tabs elsewhere."""
    cells = [[printable(_cell(row, key)) for key in ("file", *_SHOWN)] for row in rows]
    if not is_terminal():
        for line in cells:
            echo("\t".join(line))
        return
    from rich.table import Table
    from rich.text import Text

    table = Table("File", *(key.capitalize() for key in _SHOWN))
    for line in cells:
        table.add_row(*map(Text, line))
    console().print(table)


def _cell(row: Mapping[str, str], key: str) -> str:
    text = row.get(key, "")
    return text if key == "file" or len(text) <= _MAX_CELL else f"{text[:_MAX_CELL]}…"


def columns(rows: Iterable[Mapping[str, str]]) -> list[str]:
    """All keys, those of every picture first."""
    return list(dict.fromkeys([*_FIRST, *(key for row in rows for key in row)]))


def show_csv(rows: Sequence[Mapping[str, str]]) -> None:
    """A line for each file, a column for each setting; what could be a formula gets an apostrophe."""
    out = StringIO(newline="")
    writer = csv.DictWriter(out, columns(rows), lineterminator="\n")
    writer.writerow({key: _inert(key) for key in writer.fieldnames})
    writer.writerows({key: _inert(value) for key, value in row.items()} for row in rows)
    text = out.getvalue().removesuffix("\n")
    shown = "\n".join(map(printable, text.split("\n"))) if is_terminal() else text
    echo(_storable(shown))


def _inert(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text


def show_parquet(rows: Sequence[Mapping[str, str]]) -> None:
    """The same columns, all of them texts, as a Parquet file on standard output.

    Raises:
        MezzotintError: as :func:`check_parquet` does.
    """
    arrow, parquet = check_parquet()
    cells = {
        name: [None if (text := row.get(name)) is None else _storable(text) for row in rows]
        for name in columns(rows)
    }
    table = arrow.table(
        {_storable(name): arrow.array(texts, arrow.string()) for name, texts in cells.items()}
    )
    out = BytesIO()
    parquet.write_table(table, out)
    sys.stdout.buffer.write(out.getvalue())


def check_parquet() -> tuple[Any, Any]:
    """The modules that write Parquet; asked for before files are read.

    Raises:
        MezzotintError: pyarrow is not installed, or standard output is a terminal.
    """
    from importlib import import_module

    if is_terminal():
        raise MezzotintError("Parquet is not for terminals: send it into a file with > pictures.parquet")
    try:
        return import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError as error:
        raise MezzotintError("Parquet needs pyarrow: pip install pyarrow, or choose --format csv") from error


def _storable(text: str) -> str:
    """The text; of a file's name that is no UTF-8, the odd bytes spelled."""
    return text.encode("utf-8", "backslashreplace").decode()
