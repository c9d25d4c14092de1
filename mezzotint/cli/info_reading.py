"""Reading many files for ``mezzotint info``, several at once if asked to."""

import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.metadata.describe import Description, describe

STDIN = Path("-")
_MAX_STDIN = 1 << 30  # bytes


def read_all(files: Sequence[Path], *, hidden: bool, jobs: int) -> Iterator[Description | MezzotintError]:
    """What each file says, or why it cannot be read, in the order of the files.

    Threads, not processes: what they wait for is the disk, and results would have to be copied between
    processes, which takes as long as reading does.
    """
    read = partial(_read, hidden=hidden)
    if jobs <= 1:
        yield from map(read, files)
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(read, files)


def _read(file: Path, *, hidden: bool) -> Description | MezzotintError:
    try:
        return _read_stdin(hidden=hidden) if file == STDIN else describe(file, hidden=hidden)
    except MezzotintError as error:
        return error


def _read_stdin(*, hidden: bool) -> Description:
    """A picture's bytes on standard input; readers seek, so they become a file."""
    data = sys.stdin.buffer.read(_MAX_STDIN + 1)
    if len(data) > _MAX_STDIN:
        raise MezzotintError(f"standard input holds more than {_MAX_STDIN} bytes; give the path of the file")
    with TemporaryDirectory() as folder:
        place = Path(folder) / "standard input"
        place.write_bytes(data)
        try:
            return describe(place, hidden=hidden)
        except MezzotintError as error:
            raise MezzotintError(str(error).replace(str(place), "standard input")) from error
