"""A progress bar on a terminal, and silence in a pipe."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from mezzotint.cli.terminal import console


@contextmanager
def steps(label: str) -> Iterator[Callable[[int, int], None]]:
    """A callback ``(step, total)`` that moves a bar on standard error."""
    if not sys.stderr.isatty():
        yield lambda _step, _total: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    speed = TextColumn("{task.fields[speed]}")
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        speed,
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console(stderr=True)) as bar:
        task = bar.add_task(label, total=None, speed="")
        started: list[float] = []

        def moved(step: int, total: int) -> None:
            started.append(monotonic())
            speed = f"{(started[-1] - started[0]) / step:.2f} s/step" if step else ""
            bar.update(task, completed=step, total=total, speed=speed)

        yield moved
