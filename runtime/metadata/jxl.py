"""The texts of JPEG XL files: the EXIF, XMP and C2PA boxes; no pixel is decoded.

Source: ISO/IEC 18181-2, section 9.
"""

import os
from typing import BinaryIO

from mezzotint.runtime.metadata.blocks import Blocks
from mezzotint.runtime.metadata.boxes import file_boxes
from mezzotint.runtime.metadata.record import MAX_TEXT, Metadata

SIGNATURE = b"\0\0\0\x0cJXL \r\n\x87\n"

_TEXTS = frozenset({b"Exif", b"xml ", b"jumb"})


def read_jxl(file: BinaryIO, *, like_reference: bool = False) -> Metadata:
    """The texts of an open JPEG XL file; those compressed with brotli are a finding."""
    blocks = Blocks("jxl")
    for box in file_boxes(file, os.fstat(file.fileno()).st_size):
        if box.kind == b"brob":
            blocks.report("compressed", "a text is compressed with brotli and was not read")
        if box.kind not in _TEXTS:
            continue
        if box.end - box.start > MAX_TEXT:
            blocks.report("too-large", f"a box of {box.end - box.start} bytes is over the limit")
            continue
        file.seek(box.start)
        body = file.read(box.end - box.start)
        if box.kind == b"Exif" and blocks.exif is None:
            blocks.exif = body[4 + int.from_bytes(body[:4], "big") :]
        elif box.kind == b"xml " and blocks.xmp is None:
            blocks.xmp = body
        elif box.kind == b"jumb":
            blocks.add_manifest(body)
    return blocks.metadata(like_reference=like_reference)
