"""Changing the infotext of a PNG file, chunk by chunk, every other byte as it was.

Source: PNG specification (third edition), sections 5 and 14.2 (what editors may do).
"""

from collections.abc import Iterator
from typing import NamedTuple

from mezzotint.runtime.metadata.exif import find_user_comment
from mezzotint.runtime.metadata.exif_edit import without_user_comment
from mezzotint.runtime.metadata.png_chunks import (
    IHDR_SIZE,
    MAX_LENGTH,
    PARAMETERS,
    SIGNATURE,
    TEXT_TYPES,
    chunk,
    text_chunk,
)
from mezzotint.runtime.metadata.record import COMMENT, MAX_PARTS, MetadataError

_FIRST = b"\0\0\0\rIHDR"  # length and type of the header
HEAD = len(SIGNATURE) + IHDR_SIZE  # bytes before the first chunk that may be changed


class Chunk(NamedTuple):
    """Where a chunk stands; of no kind is what follows the last one."""

    kind: bytes
    start: int  # of its length
    end: int  # behind its checksum


def edit_png(data: bytes, parameters: str | None) -> bytes:
    """The file with this infotext, or without any.

    The new chunk takes the place of the first old one; where there is none it stands behind the header, as
    in the reference's files. What the reference prefers to ``parameters`` is removed: an EXIF user
    comment and a text called ``comment``.

    Raises:
        MetadataError: the file is damaged, or PNG cannot hold the text.
    """
    new = b"" if parameters is None else text_chunk(PARAMETERS, parameters)
    pieces: list[bytes] = [data[:HEAD]]
    place: int | None = None
    for part in split_png(data):
        raw = data[part.start : part.end]
        if part.kind in TEXT_TYPES and keyword_of(raw) in {PARAMETERS, COMMENT}:
            place = len(pieces) if place is None else place
        elif part.kind == b"eXIf" and find_user_comment(raw[8:-4]) is not None:
            left = without_user_comment(raw[8:-4])
            pieces.append(b"" if left is None else chunk(b"eXIf", left))
        else:
            pieces.append(raw)
    pieces.insert(1 if place is None else place, new)
    return b"".join(pieces)


def keyword_of(raw: bytes) -> str:
    """What a whole chunk of text is called."""
    return raw[8:100].partition(b"\0")[0].decode("latin-1")


def split_png(data: bytes) -> Iterator[Chunk]:
    """Every chunk behind the header to the last one, and what may follow it as if it were another.

    Raises:
        MetadataError: the file is damaged.
    """
    at = HEAD
    is_damaged = not data.startswith(_FIRST, len(SIGNATURE))
    for _ in range(MAX_PARTS):
        length, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        end = at + 12 + length
        if is_damaged or length > MAX_LENGTH or end > len(data) or not kind.isalpha():
            raise MetadataError(
                "the file is damaged or cut off, so it is not changed; fetch or save it again"
            )
        yield Chunk(kind, at, end)
        if kind == b"IEND":
            break
        at = end
    if end < len(data):
        yield Chunk(b"", end, len(data))
