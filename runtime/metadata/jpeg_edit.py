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


class _Segment(NamedTuple):
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
    segments = list(_segments(data))
    exif = next(
        (s for s in segments if s.marker == APP1 and data[s.start + 4 : s.end].startswith(EXIF)), None
    )
    old = None if exif is None else data[exif.start + 4 + len(EXIF) : exif.end]
    if parameters is None:
        block = None if old is None else without_user_comment(old)
    else:
        block = with_user_comment(old, parameters)
    new = b"" if block is None else _segment(EXIF + block)
    kept = [
        data[segment.start : segment.end]
        for segment in segments
        # Without EXIF nothing would silence the comments.
        if segment != exif and not (block is None and segment.marker == COMMENT)
    ]
    place = int(segments[0].marker == APP0) if exif is None and segments else 0
    kept.insert(place if exif is None else segments.index(exif), new)
    tail = segments[-1].end if segments else 2
    return b"".join([data[:2], *kept, data[tail:]])


def _segment(body: bytes) -> bytes:
    if len(body) > _MAX_BODY:
        raise MetadataError(
            f"the infotext and the other EXIF data make {len(body)} bytes, and JPEG holds {_MAX_BODY}: "
            "shorten it, or save the picture as PNG or WebP"
        )
    return bytes([0xFF, APP1]) + (len(body) + 2).to_bytes(2, "big") + body


def _segments(data: bytes) -> Iterator[_Segment]:
    """The segments between the first marker and the pixels; bytes that pad a marker belong to it."""
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
        yield _Segment(marker, start, end)
        at = end
    raise MetadataError("the file is damaged or cut off, so it is not changed; fetch or save it again")
