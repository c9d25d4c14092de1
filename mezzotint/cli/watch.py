"""Noticing that files changed, by looking at them now and then; it works on every file system."""

import contextlib
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from mezzotint.cli.checks import NOTHING_ASKED, Asked, settings_for
from mezzotint.cli.folders import find_files
from mezzotint.cli.gitignore import forget_ignored
from mezzotint.compiler.lint.config import read_config
from mezzotint.compiler.lint.config_file import find_config

PAUSE = 0.5
"""Seconds between two looks."""


def changes(names: Sequence[str], asked: Asked = NOTHING_ASKED, *, pause: float = PAUSE) -> Iterator[None]:
    """Yield at once, and then whenever a file, or the configuration of one, came, went or changed."""
    before = None
    while True:
        now = _state(names, asked)
        if now != before:
            before = now
            yield
        time.sleep(pause)


def _state(names: Sequence[str], asked: Asked) -> dict[str, tuple[int, int]]:
    forget_ignored()  # any of these may have come, or have been edited
    find_config.cache_clear()
    read_config.cache_clear()
    files = list(find_files(names, asked))
    configs = {file for name in files for file in settings_for(name, asked).files}
    seen = {}
    for name in (*files, *sorted(configs)):
        with contextlib.suppress(OSError):
            status = Path(name).stat()
            seen[name] = (status.st_mtime_ns, status.st_size)
    return seen
