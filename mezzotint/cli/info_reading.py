"""Reading many files for ``mezzotint info``, several at once if asked to."""

from collections import deque
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from mezzotint.cli.inputs import read_stdin
from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.metadata.describe import Description, describe

STDIN = Path("-")
_MAX_STDIN = 1 << 30  # bytes
_PORTION = 16  # files
_AHEAD = 2  # portions for each thread


def read_all(files: Sequence[Path], *, hidden: bool, jobs: int) -> Iterator[Description | MezzotintError]:
    """What each file says, or why it cannot be read, in the order of the files.

    Threads, not processes: what they wait for is the disk, and results would have to be copied between
    processes, which takes as long as reading does. They take files by portions, as handing over each file
    takes as long as a tenth of reading it, and run ahead by a few of them only.
    """
    if jobs <= 1:
        yield from (_read(file, hidden=hidden) for file in files)
        return
    from concurrent.futures import ThreadPoolExecutor

    portions = (files[at : at + _PORTION] for at in range(0, len(files), _PORTION))
    with ThreadPoolExecutor(jobs) as pool:
        pieces = (pool.submit(_read_portion, portion, hidden=hidden) for portion in portions)
        ahead = deque(islice(pieces, _AHEAD * jobs))
        while ahead:
            yield from ahead.popleft().result()
            ahead.extend(islice(pieces, 1))


def _read_portion(files: Sequence[Path], *, hidden: bool) -> list[Description | MezzotintError]:
    return [_read(file, hidden=hidden) for file in files]


def _read(file: Path, *, hidden: bool) -> Description | MezzotintError:
    try:
        return _read_stdin(hidden=hidden) if file == STDIN else describe(file, hidden=hidden)
    except MezzotintError as error:
        return error


def _read_stdin(*, hidden: bool) -> Description:
    """A picture's bytes on standard input; readers seek, so they become a file."""
    data = read_stdin(_MAX_STDIN)
    with TemporaryDirectory() as folder:
        place = Path(folder) / "standard input"
        place.write_bytes(data)
        try:
            return describe(place, hidden=hidden)
        except MezzotintError as error:
            raise MezzotintError(str(error).replace(str(place), "standard input")) from error
