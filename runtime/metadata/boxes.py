"""Walking ISO base media boxes, which AVIF, HEIF and JPEG XL files are made of.

Source: ISO/IEC 14496-12, section 4.2.
"""

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

MAX_BOXES = 10_000


class Box(NamedTuple):
    """A box; ``start`` and ``end`` are the offsets of its content."""

    kind: bytes
    start: int
    end: int


def file_boxes(file: BinaryIO, size: int) -> Iterator[Box]:
    """The boxes of an open file from its start; nothing but their headers is read."""
    at = 0
    for _ in range(MAX_BOXES):
        file.seek(at)
        box = _box(file.read(16), at, size)
        if box is None:
            return
        yield box
        at = box.end


def boxes(data: bytes, start: int = 0) -> Iterator[Box]:
    """The boxes in the content of another."""
    for _ in range(MAX_BOXES):
        box = _box(data[start : start + 16], start, len(data))
        if box is None:
            return
        yield box
        start = box.end


def _box(header: bytes, at: int, limit: int) -> Box | None:
    if len(header) < 8:
        return None
    length, head = int.from_bytes(header[:4], "big"), 8
    if length == 1:  # the length follows in eight bytes
        length, head = int.from_bytes(header[8:16], "big"), 16
    elif length == 0:  # to the end
        length = limit - at
    if length < head or at + length > limit:
        return None
    return Box(header[4:8], at + head, at + length)
