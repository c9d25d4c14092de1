"""What a command is given to read: a prompt, a file, or standard input.

``pathlib`` costs a check of a small file a tenth of its time, so it is imported where a path is needed.
"""

import os
import stat
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mezzotint.grammar.document import Dialect, Document, read_document
from mezzotint.grammar.errors import MezzotintError

if TYPE_CHECKING:
    from pathlib import Path

PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".avif", ".heic", ".heif", ".jxl", ".gif")
TEXTS = (".txt", ".prompt")
SHEETS = ".csv"
STYLES = "styles.csv"  # other sheets need not hold styles, so folders are not searched for them
STDIN = "-"
_MAX_BYTES = 64 << 20  # of a text; a device has no end


def is_text(name: str) -> bool:
    """Whether a file is text, by its name, and can be rewritten; pictures are read only."""
    return not name.lower().endswith(PICTURES)


class InputError(MezzotintError):
    """A file holds nothing that can be read as a prompt."""


@dataclass(frozen=True, slots=True)
class Input:
    """A document and the name that findings in it are reported under."""

    name: str
    document: Document
    file: str | None = None  # that it was read from

    @property
    def path(self) -> "Path | None":
        """The file it was read from."""
        from pathlib import Path

        return None if self.file is None else Path(self.file)


def read_argument(argument: str, dialect: str) -> Input:
    """A prompt given on the command line; ``-`` is standard input, and a picture or text file is read."""
    if argument == STDIN:
        return read_file(argument, dialect)
    if argument.lower().endswith((*PICTURES, *TEXTS)) and "\n" not in argument:
        if os.path.isfile(argument):
            return read_file(argument, dialect)
        if os.path.exists(argument):
            raise InputError(f"{argument}: no ordinary file; name a picture or a text file")
        if not set(argument) & set(" ,()[]<>:|"):
            raise InputError(f"{argument}: no such file; a prompt with such a name needs a comma behind it")
    if "." in os.path.basename(argument) and os.path.isfile(argument):
        raise InputError(
            f"{argument}: a file, but no picture and no {' or '.join(TEXTS)}; if it holds a prompt, "
            "hand it over as - < FILE; graphs, requests and scripts are read by mezzotint import"
        )
    return Input("<prompt>", read_document(argument, Dialect(dialect)))


def read_file(name: str, dialect: str) -> Input:
    """The document in a text file, in a picture's metadata, or on standard input (``-``).

    Raises:
        MezzotintError: the file is no text, or a picture that says nothing about its prompt.
        OSError: the file cannot be read.
    """
    if name == STDIN:
        return Input("<stdin>", read_document(_decoded(read_stdin(_MAX_BYTES), "<stdin>"), Dialect(dialect)))
    if name.lower().endswith(PICTURES):
        return _read_picture(name)
    text = _decoded(_read_bytes(name), name)
    if name.lower().endswith(SHEETS):
        dialect = Dialect.A1111  # the whole text as it is; its cells hold the prompts
    return Input(name, read_document(text, Dialect(dialect)), name)


def read_stdin(limit: int) -> bytes:
    """All of standard input.

    Raises:
        InputError: it is closed, or holds more than ``limit`` bytes.
    """
    if sys.stdin is None:
        raise InputError("standard input is closed; name a file")
    data = sys.stdin.buffer.read(limit + 1)
    if len(data) > limit:
        raise InputError(f"standard input holds more than {limit} bytes; give a part of it")
    return data


def _read_bytes(name: str) -> bytes:
    status = os.stat(name)
    # A pipe behind a link, as a shell's <(...) is, has a writer; for any other, one would wait for ever.
    if stat.S_ISFIFO(status.st_mode) and not os.path.islink(name):
        raise InputError(f"{name}: a pipe, which may never be written to; hand it over as - < {name}")
    with open(name, "rb") as stream:
        data = stream.read() if stat.S_ISREG(status.st_mode) and status.st_size <= _MAX_BYTES else None
        data = stream.read(_MAX_BYTES + 1) if data is None else data
    if len(data) > _MAX_BYTES:
        raise InputError(f"{name}: longer than {_MAX_BYTES >> 20} MiB; split it")
    return data


def _read_picture(name: str) -> Input:
    """The infotext of a picture as it stands there, or what another program wrote in A1111's words."""
    from mezzotint.runtime.metadata.describe import describe
    from mezzotint.runtime.metadata.tools.items import infotext_of

    described = describe(name)
    stated, made = infotext_of(described.metadata), described.generation
    if stated is not None:
        return Input(f"{name}[parameters]", read_document(stated, Dialect.INFOTEXT), name)
    if made is None or made.infotext is None:
        raise InputError(f"{name}: no prompt is recorded in this picture")
    return Input(f"{name}[{made.tool}]", read_document(made.infotext, Dialect.INFOTEXT), name)


def read_infotext(argument: str) -> str:
    """The infotext that an argument names, as :func:`read_argument` does, or is."""
    return read_argument(argument, Dialect.AUTO).document.source


def _decoded(data: bytes, name: str) -> str:
    data = data.removeprefix(b"\xef\xbb\xbf")  # the codec that does it is a module more to load
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(f"{name}:{line}: not UTF-8 text (byte {error.start}); save it as UTF-8") from error
