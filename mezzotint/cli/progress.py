"""A progress bar on a terminal, and silence in a pipe."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mezzotint.cli.terminal import console


@contextmanager
def steps(label: str) -> Iterator[Callable[[int, int], None]]:
    """A callback ``(step, total)`` that moves a bar on standard error."""
    if not sys.stderr.isatty():
        yield lambda _step, _total: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console(stderr=True)) as bar:
        task = bar.add_task(label, total=None)
        yield lambda step, total: bar.update(task, completed=step, total=total)
