"""Printing: rich on a terminal, plain lines in a pipe."""

import os
import re
import sys
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console


_COLOURS = {"red": 31, "green": 32, "yellow": 33, "cyan": 36}
_PAINT = re.compile(r"\x1b\[[\d;]*m")


def open_streams() -> None:
    """Let a closed output swallow what is written, and an encoding escape the characters that it lacks."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115 - as long as we run
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def paint(text: str, colour: str, *, bold: bool = False) -> str:
    """The text in a colour, for :func:`echo`."""
    return f"\x1b[{'1;' * bold}{_COLOURS[colour]}m{text}\x1b[0m"


def echo(text: str, *, err: bool = False) -> None:
    """Print a line on standard output or standard error; paint reaches terminals only."""
    stream = sys.stderr if err else sys.stdout
    stream.write((text if stream.isatty() else _PAINT.sub("", text)) + "\n")


def hand_over(text: str) -> None:
    """Print a text that programs read: in UTF-8 whatever the locale, with the line ends that it has.

    Half of a surrogate pair, which no encoding has, is printed as an escape.
    """
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))


def print_json(value: Any) -> None:
    """Print a value for programs."""
    import json

    hand_over(json.dumps(value, ensure_ascii=False, indent=1) + "\n")


def is_terminal() -> bool:
    """Whether a person reads standard output."""
    return sys.stdout.isatty()


def console(*, stderr: bool = False) -> "Console":
    """A rich console; rich is imported only where something is laid out with it."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, markup=False, emoji=False)
