"""The texts of JPEG files: EXIF, XMP and C2PA segments, and the comment segment.

Source: JPEG (ITU-T T.81), annex B; EXIF 2.32, section 4.5.4; XMP specification, part 3, section 1.1.3;
C2PA specification 2.1, section 11.3.2.
"""

from typing import BinaryIO

from mezzotint.runtime.metadata.blocks import Blocks
from mezzotint.runtime.metadata.exif import HEADER as EXIF
from mezzotint.runtime.metadata.record import MAX_PARTS, Metadata

SIGNATURE = b"\xff\xd8\xff"
APP0, APP1, COMMENT = 0xE0, 0xE1, 0xFE
SCAN, END = 0xDA, 0xD9
BARE = frozenset({0x01, *range(0xD0, 0xD8)})  # markers without a body

_APP11 = 0xEB
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
XMP_HEADERS = (_XMP, b"http://ns.adobe.com/xmp/extension/\0")
_JUMBF = 8  # bytes before the box in each segment: "JP", instance, sequence number
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})


def read_jpeg(file: BinaryIO, *, like_reference: bool = False) -> Metadata:
    """The texts before the pixels of an open JPEG file; a segment holds 64 KiB at most, so all is bounded."""
    file.seek(2)
    blocks = Blocks("jpeg")
    for _ in range(MAX_PARTS):
        segment = _next_segment(file)
        if segment is None:
            blocks.report("truncated", "the file ends before its picture")
            break
        if segment[0] in {SCAN, END}:
            break
        _take(blocks, *segment)
    return blocks.metadata(like_reference=like_reference)


def _take(blocks: Blocks, marker: int, body: bytes) -> None:
    if marker == APP1 and body.startswith(EXIF) and blocks.exif is None:
        blocks.exif = body
    elif marker == APP1 and body.startswith(_XMP) and blocks.xmp is None:
        blocks.xmp = body.removeprefix(_XMP)
    elif marker == _APP11 and body.startswith(b"JP"):
        blocks.add_manifest(body[_JUMBF:])
    elif marker == COMMENT:
        blocks.add_comment(body)
    elif marker in _FRAMES and len(body) >= 5:
        blocks.size = int.from_bytes(body[3:5], "big"), int.from_bytes(body[1:3], "big")


def _next_segment(file: BinaryIO) -> tuple[int, bytes] | None:
    if file.read(1) != b"\xff":
        return None
    marker = file.read(1)
    while marker == b"\xff":  # padding
        marker = file.read(1)
    if not marker:
        return None
    if marker[0] in BARE or marker[0] in {SCAN, END}:
        return marker[0], b""
    length = int.from_bytes(file.read(2), "big") - 2
    body = file.read(max(length, 0))
    return (marker[0], body) if length >= 0 and len(body) == length else None
