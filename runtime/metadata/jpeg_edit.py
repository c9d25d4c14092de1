"""Changing the infotext of a JPEG file, segment by segment, every other byte as it was.

Source: JPEG (ITU-T T.81), annex B; EXIF 2.32, section 4.5.4.
"""

from collections.abc import Iterator
from typing import NamedTuple

from mezzotint.runtime.metadata.exif import HEADER as EXIF
from mezzotint.runtime.metadata.exif_edit import with_user_comment, without_user_comment
from mezzotint.runtime.metadata.jpeg import APP0, APP1, BARE, COMMENT, END, SCAN
from mezzotint.runtime.metadata.record import MAX_PARTS, MetadataError

_MAX_BODY = 0xFFFF - 2  # bytes that a segment can hold


class Segment(NamedTuple):
    """Where a segment stands, its marker included."""

    marker: int
    start: int
    end: int


def edit_jpeg(data: bytes, parameters: str | None) -> bytes:
    """The file with this infotext as EXIF user comment, or without any.

    Where there is no EXIF segment yet it stands first, behind JFIF's. Without an infotext the comment
    segments go as well where there is no EXIF, because the reference reads the last of them as one.

    Raises:
        MetadataError: the file is damaged, or the text is too long for a segment.
    """
    segments = list(split_jpeg(data))
    blocks = [exif_of(data, segment) for segment in segments]
    first = next((at for at, block in enumerate(blocks) if block is not None), None)
    if first is None:  # behind JFIF's, or at the start
        first = int(bool(segments) and segments[0].marker == APP0)
        segments.insert(first, Segment(APP1, 0, 0))
        blocks.insert(first, None)
    pieces = [data[segment.start : segment.end] for segment in segments]
    for at, block in enumerate(blocks):  # a second one would come to light when the first goes
        if block is not None:
            pieces[at] = exif_segment(without_user_comment(block))
    if parameters is not None:
        pieces[first] = exif_segment(with_user_comment(blocks[first], parameters))
    elif not any(pieces[at] for at, block in enumerate(blocks) if block is not None):
        pieces = [p for p, segment in zip(pieces, segments, strict=True) if segment.marker != COMMENT]
    return b"".join([data[:2], *pieces, data[max((s.end for s in segments), default=0) or 2 :]])


def exif_of(data: bytes, segment: Segment) -> bytes | None:
    """The EXIF block in a segment, without ``Exif`` before it; None for other segments."""
    body = data[segment.start + 4 : segment.end]
    return body.removeprefix(EXIF) if segment.marker == APP1 and body.startswith(EXIF) else None


def exif_segment(block: bytes | None) -> bytes:
    """The segment of an EXIF block; nothing for none.

    Raises:
        MetadataError: it is too long.
    """
    if block is None:
        return b""
    body = EXIF + block
    if len(body) > _MAX_BODY:
        raise MetadataError(
            f"the infotext and the other EXIF data make {len(body)} bytes, and JPEG holds {_MAX_BODY}: "
            "shorten it, or save the picture as PNG or WebP"
        )
    return bytes([0xFF, APP1]) + (len(body) + 2).to_bytes(2, "big") + body


def split_jpeg(data: bytes) -> Iterator[Segment]:
    """The segments between the first marker and the pixels; bytes that pad a marker belong to it.

    Raises:
        MetadataError: the file is damaged.
    """
    at = 2
    for _ in range(MAX_PARTS):
        start = at
        while data[at : at + 2] == b"\xff\xff":
            at += 1
        if data[at : at + 1] != b"\xff" or at + 2 > len(data):
            break
        marker = data[at + 1]
        if marker in {SCAN, END}:
            return
        length = 0 if marker in BARE else int.from_bytes(data[at + 2 : at + 4], "big")
        end = at + 2 + length
        if end > len(data) or (marker not in BARE and length < 2):
            break
        yield Segment(marker, start, end)
        at = end
    raise MetadataError("the file is damaged or cut off, so it is not changed; fetch or save it again")
