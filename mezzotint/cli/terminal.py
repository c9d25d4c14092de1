"""Printing: rich on a terminal, plain lines in a pipe."""

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


def is_terminal() -> bool:
    """Whether a person reads standard output."""
    return sys.stdout.isatty()


def console(*, stderr: bool = False) -> "Console":
    """A rich console; rich is imported only where something is laid out with it."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, markup=False, emoji=False)
