"""Printing: rich on a terminal, plain lines in a pipe."""

import re
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console


_COLOURS = {"red": 31, "green": 32, "yellow": 33, "cyan": 36}
_PAINT = re.compile(r"\x1b\[[\d;]*m")


def paint(text: str, colour: str, *, bold: bool = False) -> str:
    """The text in a colour, for :func:`echo`."""
    return f"\x1b[{'1;' * bold}{_COLOURS[colour]}m{text}\x1b[0m"


def echo(text: str, *, err: bool = False) -> None:
    """Print a line on standard output or standard error; paint reaches terminals only."""
    stream = sys.stderr if err else sys.stdout
    stream.write((text if stream.isatty() else _PAINT.sub("", text)) + "\n")


def print_json(value: Any) -> None:
    """Print a value; half of a surrogate pair, which no encoding has, as an escape."""
    import json

    echo(json.dumps(value, ensure_ascii=False, indent=1).encode("utf-8", "backslashreplace").decode())


def is_terminal() -> bool:
    """Whether a person reads standard output."""
    return sys.stdout.isatty()


def console(*, stderr: bool = False) -> "Console":
    """A rich console; rich is imported only where something is laid out with it."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, markup=False, emoji=False)
