"""The texts of JPEG files: the user comment of the EXIF segment, and the comment segment.

Source: JPEG (ITU-T T.81), annex B; EXIF 2.32, section 4.5.4.
"""

from typing import BinaryIO

from mezzotint.runtime.metadata.exif import decode_user_comment, find_user_comment
from mezzotint.runtime.metadata.record import MAX_PARTS, Entry, Finding, Metadata

SIGNATURE = b"\xff\xd8\xff"

_APP1, _COMMENT = 0xE1, 0xFE
_SCAN, _END = 0xDA, 0xD9
_BARE = frozenset({0x01, *range(0xD0, 0xD8)})  # markers without a body


def read_jpeg(file: BinaryIO, *, like_reference: bool = False) -> Metadata:
    """The texts before the pixels of an open JPEG file; a segment holds 64 KiB at most, so all is bounded.

    As in the reference an EXIF block, where there is one, silences the comment segment.
    """
    file.seek(2)
    exif: bytes | None = None
    comments: list[Entry] = []
    findings: tuple[Finding, ...] = ()
    for _ in range(MAX_PARTS):
        segment = _next_segment(file)
        if segment is None:
            findings = (Finding("truncated", "the file ends before its picture"),)
            break
        marker, body = segment
        if marker in {_SCAN, _END}:
            break
        if marker == _APP1 and body.startswith(b"Exif\0\0") and exif is None:
            exif = body
        elif marker == _COMMENT:
            comments.append(Entry("comment", body.decode("utf-8", "ignore")))
    if exif is not None:
        raw = find_user_comment(exif)
        parameters = decode_user_comment(raw, like_reference=like_reference) if raw else ""
    else:
        parameters = comments[-1].text if comments else ""
    return Metadata("jpeg", parameters or None, entries=tuple(comments), findings=findings)


def _next_segment(file: BinaryIO) -> tuple[int, bytes] | None:
    if file.read(1) != b"\xff":
        return None
    marker = file.read(1)
    while marker == b"\xff":  # padding
        marker = file.read(1)
    if not marker:
        return None
    if marker[0] in _BARE or marker[0] in {_SCAN, _END}:
        return marker[0], b""
    length = int.from_bytes(file.read(2), "big") - 2
    body = file.read(max(length, 0))
    return (marker[0], body) if length >= 0 and len(body) == length else None
