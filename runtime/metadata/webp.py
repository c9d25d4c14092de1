"""The texts of WebP files: the EXIF, XMP and C2PA chunks.

Source: WebP container specification (RFC 9649), section 2.
"""

import os
from typing import BinaryIO

from mezzotint.runtime.metadata.blocks import Blocks
from mezzotint.runtime.metadata.record import MAX_PARTS, MAX_TEXT, Metadata

HEADER = 12
EXTENDED_ALPHA = 0x10  # flag of the VP8X chunk
_ALPHA_BIT = 28  # of a VP8L header: behind two sizes of 14 bits
_TEXTS = frozenset({b"EXIF", b"XMP ", b"C2PA"})
_HEADERS = frozenset({b"VP8X", b"VP8L"})


def is_webp(head: bytes) -> bool:
    """Whether a file that begins with these bytes is WebP."""
    return head[:4] == b"RIFF" and head[8:HEADER] == b"WEBP"


def read_webp(file: BinaryIO, *, like_reference: bool = False) -> Metadata:
    """The texts of an open WebP file; pixels are passed over unread."""
    size = os.fstat(file.fileno()).st_size
    at = HEADER
    blocks = Blocks("webp")
    for _ in range(MAX_PARTS):
        if at + 8 > size:
            break
        file.seek(at)
        header = file.read(8)
        length = int.from_bytes(header[4:], "little")
        if at + 8 + length > size:
            blocks.report("truncated", "the file ends inside one of its chunks")
            break
        if header[:4] in _HEADERS:
            _take_header(blocks, header[:4], file.read(min(length, 10)))
        elif header[:4] in _TEXTS:
            _take(blocks, header[:4], length, file)
        at += 8 + length + length % 2
    return blocks.metadata(like_reference=like_reference)


def _take(blocks: Blocks, kind: bytes, length: int, file: BinaryIO) -> None:
    if length > MAX_TEXT:
        return blocks.report("too-large", f"a chunk of {length} bytes is over the limit and was not read")
    body = file.read(length)
    if kind == b"EXIF" and blocks.exif is None:
        blocks.exif = body
    elif kind == b"XMP " and blocks.xmp is None:
        blocks.xmp = body
    elif kind == b"C2PA":
        blocks.add_manifest(body)
    return None


def _take_header(blocks: Blocks, kind: bytes, body: bytes) -> None:
    if kind == b"VP8X" and len(body) == 10:
        blocks.has_alpha = bool(body[0] & EXTENDED_ALPHA)
        blocks.size = canvas_size(body)
    elif kind == b"VP8L" and len(body) >= 5 and blocks.size is None:
        blocks.size, blocks.has_alpha = lossless_size(body)


def canvas_size(body: bytes) -> tuple[int, int]:
    """Width and height in pixels from the body of a VP8X chunk."""
    return int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1


def lossless_size(body: bytes) -> tuple[tuple[int, int], bool]:
    """Width and height in pixels, and whether there is transparency, from the body of a VP8L chunk."""
    bits = int.from_bytes(body[1:5], "little")
    return ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1), bool(bits >> _ALPHA_BIT & 1)
