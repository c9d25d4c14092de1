"""Noticing that files changed, by looking at them now and then; it works on every file system."""

import contextlib
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from mezzotint.cli.checking import find_files
from mezzotint.compiler.lint.config import read_config
from mezzotint.compiler.lint.config_file import find_config

PAUSE = 0.5
"""Seconds between two looks."""


def changes(names: Sequence[str], *, pause: float = PAUSE) -> Iterator[None]:
    """Yield at once, and then whenever a file, or the configuration of one, came, went or changed."""
    before = None
    while True:
        now = _state(names)
        if now != before:
            before = now
            yield
        time.sleep(pause)


def _state(names: Sequence[str]) -> dict[str, tuple[int, int]]:
    find_config.cache_clear()  # a configuration may have come, or have been edited
    read_config.cache_clear()
    seen = {}
    files = list(find_files(names))
    configs = {find_config(str(Path(name).parent)) for name in files}
    for name in (*files, *(one for one in configs if one)):
        with contextlib.suppress(OSError):
            status = Path(name).stat()
            seen[name] = (status.st_mtime_ns, status.st_size)
    return seen
