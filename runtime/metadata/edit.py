"""Changing what a picture file says, without touching its pixels."""

import stat
from collections.abc import Callable
from pathlib import Path

from mezzotint.runtime.metadata import jpeg, webp
from mezzotint.runtime.metadata.atomic import write_file
from mezzotint.runtime.metadata.jpeg_edit import edit_jpeg
from mezzotint.runtime.metadata.png_chunks import SIGNATURE as PNG
from mezzotint.runtime.metadata.png_edit import edit_png
from mezzotint.runtime.metadata.read import read
from mezzotint.runtime.metadata.record import C2PA, Finding, MetadataError
from mezzotint.runtime.metadata.webp_edit import edit_webp

MAX_FILE = 1 << 30  # bytes; the whole file is held in memory


def set_parameters(path: str | Path, text: str, *, output: str | Path | None = None) -> tuple[Finding, ...]:
    """Give a PNG, JPEG or WebP file this infotext, in the place of the one that it has.

    Everything else in the file stays byte for byte, pixels above all; the file is replaced in one step. A1111
    and Civitai read the text: PNG has it in ``parameters``, the others in the EXIF user comment.

    Args:
        path: the file.
        text: the infotext.
        output: where to write instead of replacing the file.

    Returns:
        What the change broke: a C2PA signature, which covers the whole file.

    Raises:
        MetadataError: the file is of another kind, damaged, or cannot be written; or it cannot hold the text.
    """
    return _edit(Path(path), text, output)


def remove_parameters(path: str | Path, *, output: str | Path | None = None) -> tuple[Finding, ...]:
    """Take the infotext out of a PNG, JPEG or WebP file; other programs' texts stay.

    A file without one is left alone. Arguments, return value and errors are those of :func:`set_parameters`.
    """
    return _edit(Path(path), None, output)


def _edit(path: Path, text: str | None, output: str | Path | None) -> tuple[Finding, ...]:
    found = read(path)
    if text is None and found.parameters is None and output is None:
        return ()
    data = load(path)
    try:
        changed = edited(data, text)
    except MetadataError as error:
        raise MetadataError(f"{path}: {error}") from error
    write_file(path if output is None else output, changed)
    return () if found.find(C2PA) is None else (BROKEN,)


BROKEN = Finding("signature-broken", "the file's content credentials no longer fit it: they cover its bytes")


def load(path: Path) -> bytes:
    """The bytes of a picture file.

    Raises:
        MetadataError: it cannot be read, is too large or no ordinary file.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_FILE:
            raise MetadataError(f"{path} is no ordinary file of up to {MAX_FILE} bytes; choose another")
        return path.read_bytes()
    except OSError as error:
        raise MetadataError(f"cannot read {path}: {error.strerror or error}; check the path") from error


def edited(data: bytes, parameters: str | None) -> bytes:
    """The bytes of a PNG, JPEG or WebP file with this infotext, or without any.

    Raises:
        MetadataError: the file is of another kind or damaged, or cannot hold the text.
    """
    return _editor(data)(data, parameters)


def _editor(data: bytes) -> Callable[[bytes, str | None], bytes]:
    if data.startswith(PNG):
        return edit_png
    if data.startswith(jpeg.SIGNATURE):
        return edit_jpeg
    if webp.is_webp(data[: webp.HEADER]):
        return edit_webp
    raise MetadataError("only PNG, JPEG and WebP files can be changed; convert the picture first")
