"""The texts of WebP files: the user comment of the EXIF chunk.

Source: WebP container specification (RFC 9649), section 2.
"""

import os
from typing import BinaryIO

from mezzotint.runtime.metadata.exif import decode_user_comment, find_user_comment
from mezzotint.runtime.metadata.record import MAX_PARTS, MAX_TEXT, Finding, Metadata

_HEADER = 12


def is_webp(head: bytes) -> bool:
    """Whether a file that begins with these bytes is WebP."""
    return head[:4] == b"RIFF" and head[8:_HEADER] == b"WEBP"


def read_webp(file: BinaryIO, *, like_reference: bool = False) -> Metadata:
    """The texts of an open WebP file; pixels are passed over unread."""
    size = os.fstat(file.fileno()).st_size
    at = _HEADER
    findings: list[Finding] = []
    for _ in range(MAX_PARTS):
        if at + 8 > size:
            break
        file.seek(at)
        header = file.read(8)
        length = int.from_bytes(header[4:], "little")
        if at + 8 + length > size:
            findings.append(Finding("truncated", "the file ends inside one of its chunks"))
            break
        if header[:4] == b"EXIF" and length <= MAX_TEXT:
            raw = find_user_comment(file.read(length))
            text = decode_user_comment(raw, like_reference=like_reference) if raw else ""
            return Metadata("webp", text or None, findings=tuple(findings))
        at += 8 + length + length % 2
    return Metadata("webp", findings=tuple(findings))
