"""The texts of AVIF and HEIF files: the EXIF, XMP and C2PA items; no pixel is decoded.

Source: ISO/IEC 14496-12, sections 8.11.3 (iloc) and 8.11.6 (iinf); ISO/IEC 23008-12, annex A.2.1.
"""

import os
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from mezzotint.runtime.metadata.blocks import Blocks
from mezzotint.runtime.metadata.boxes import MAX_BOXES, boxes, file_boxes
from mezzotint.runtime.metadata.record import MAX_TEXT, Metadata

_BRANDS = frozenset({b"avif", b"avis", b"heic", b"heix", b"hevc", b"mif1", b"msf1"})
_C2PA_UUID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_XMP_TYPE = b"application/rdf+xml"
_MAX_OFFSET = 1 << 20  # of the TIFF header inside an Exif item
_IN_FILE, _IN_DATA = 0, 1  # construction methods


class _Extent(NamedTuple):
    method: int
    offset: int
    length: int


def is_heif(head: bytes) -> bool:
    """Whether a file that begins with these bytes is AVIF or HEIF."""
    return head[4:8] == b"ftyp" and head[8:12] in _BRANDS


def read_heif(file: BinaryIO, *, like_reference: bool = False) -> Metadata:
    """The texts of an open AVIF or HEIF file."""
    size = os.fstat(file.fileno()).st_size
    file.seek(8)
    blocks = Blocks("avif" if file.read(4).startswith(b"avi") else "heif")
    for box in file_boxes(file, size):
        length = box.end - box.start
        if box.kind not in {b"meta", b"uuid"}:
            continue
        if length > MAX_TEXT:
            blocks.report("too-large", f"a box of {length} bytes is over the limit and was not read")
            continue
        file.seek(box.start)
        content = file.read(length)
        if box.kind == b"meta":
            _take_items(blocks, content, file, size)
        elif content.startswith(_C2PA_UUID):
            blocks.add_manifest(content[len(_C2PA_UUID) :])
    return blocks.metadata(like_reference=like_reference)


def _take_items(blocks: Blocks, meta: bytes, file: BinaryIO, size: int) -> None:
    found = {box.kind: meta[box.start : box.end] for box in boxes(meta, 4)}
    extents = dict(_locations(found.get(b"iloc", b"")))
    for item, kind in _kinds(found.get(b"iinf", b"")):
        is_first = (kind == b"Exif" and blocks.exif is None) or (kind == _XMP_TYPE and blocks.xmp is None)
        if not is_first or item not in extents:
            continue
        data = _content(extents[item], found.get(b"idat", b""), file, size)
        if data is None:
            blocks.report("too-large", "a text is over the limit, or outside the file, and was not read")
        elif kind == b"Exif":
            skip = int.from_bytes(data[:4], "big")
            blocks.exif = data[4 + skip :] if skip <= _MAX_OFFSET else data[4:]
        else:
            blocks.xmp = data


def _kinds(iinf: bytes) -> Iterator[tuple[int, bytes]]:
    """Item numbers and their types; of MIME items the MIME type."""
    for box in boxes(iinf, 6 if iinf[:1] == b"\0" else 8):
        body = iinf[box.start : box.end]
        width = {2: 2, 3: 4}.get(body[0] if body else 0)
        if box.kind != b"infe" or width is None:
            continue
        at = 4 + width + 2  # number, protection
        kind = body[at : at + 4]
        if kind == b"mime":
            _name, _, rest = body[at + 4 :].partition(b"\0")
            kind = rest.partition(b"\0")[0]
        yield int.from_bytes(body[4 : 4 + width], "big"), kind


class _Cursor:
    """Reads numbers from bytes, one after the other; beyond the end they are zero."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, width: int) -> int:
        self.at += width
        return int.from_bytes(self.data[self.at - width : self.at], "big")

    @property
    def is_done(self) -> bool:
        return self.at >= len(self.data)


def _locations(iloc: bytes) -> Iterator[tuple[int, list[_Extent]]]:
    """Item numbers and where their content stands."""
    cursor = _Cursor(iloc)
    version = cursor.take(1)
    cursor.take(3)
    sizes, more = cursor.take(1), cursor.take(1)
    index = more & 15 if version else 0
    count = cursor.take(4 if version == 2 else 2)
    for _ in range(min(count, MAX_BOXES)):
        if cursor.is_done:
            return
        item = cursor.take(4 if version == 2 else 2)
        method = cursor.take(2) & 15 if version else _IN_FILE
        cursor.take(2)  # data reference
        base = cursor.take(more >> 4)
        extents = []
        for _ in range(cursor.take(2)):
            if cursor.is_done:
                break
            cursor.take(index)
            offset = base + cursor.take(sizes >> 4)
            extents.append(_Extent(method, offset, cursor.take(sizes & 15)))
        yield item, extents


def _content(extents: list[_Extent], inline: bytes, file: BinaryIO, size: int) -> bytes | None:
    if sum(extent.length for extent in extents) > MAX_TEXT:
        return None
    parts = []
    for extent in extents:
        end = extent.offset + extent.length
        if extent.method == _IN_DATA and end <= len(inline):
            parts.append(inline[extent.offset : end])
        elif extent.method == _IN_FILE and end <= size:
            file.seek(extent.offset)
            parts.append(file.read(extent.length))
        else:
            return None
    return b"".join(parts)
