"""The comments of GIF files.

Source: GIF89a specification, sections 18 to 26; XMP specification, part 3, section 1.1.2.
"""

from typing import BinaryIO

from mezzotint.runtime.metadata.blocks import Blocks
from mezzotint.runtime.metadata.record import MAX_TEXT, Metadata, MetadataError

SIGNATURES = (b"GIF87a", b"GIF89a")

_HEADER = 13
_MAX_PARTS = 1 << 20  # of 255 bytes at most
_EXTENSION, _IMAGE = b"\x21", b"\x2c"
_COMMENT = b"\xfe"
_HAS_TABLE, _TABLE_SIZE = 0x80, 0x07  # bits of the flags in both kinds of header


def read_gif(file: BinaryIO, name: str, *, like_reference: bool = False) -> Metadata:
    """The comments of an open GIF file, before and between its pictures; no pixel is decoded.

    Raises:
        MetadataError: cut off inside the header.
    """
    header = file.read(_HEADER)
    if len(header) < _HEADER:
        raise MetadataError(f"{name}: the file ends inside its header; fetch or save the file again")
    blocks = Blocks("gif")
    blocks.size = int.from_bytes(header[6:8], "little"), int.from_bytes(header[8:10], "little")
    _skip_table(file, header[10])
    budget = _MAX_PARTS
    while budget > 0:
        kind = file.read(1)
        if kind == _EXTENSION:
            budget -= _read_extension(file, blocks, budget)
        elif kind == _IMAGE:
            descriptor = file.read(9)
            _skip_table(file, descriptor[8] if len(descriptor) == 9 else 0)
            file.seek(1, 1)  # the code size
            budget -= _skip_parts(file, budget)
        else:
            break  # the trailer, the end of the file, or damage
    return blocks.metadata(like_reference=like_reference)


def _skip_table(file: BinaryIO, flags: int) -> None:
    if flags & _HAS_TABLE:
        file.seek(3 << ((flags & _TABLE_SIZE) + 1), 1)


def _read_extension(file: BinaryIO, blocks: Blocks, budget: int) -> int:
    if file.read(1) != _COMMENT:
        return _skip_parts(file, budget)
    parts: list[bytes] = []
    room = MAX_TEXT
    while len(parts) < budget and (length := file.read(1)) not in {b"", b"\0"}:
        part = file.read(length[0])
        room -= len(part)
        parts.append(part if room >= 0 else b"")
    if room < 0:
        blocks.report("too-large", "a comment is over the limit and was not read")
    else:
        blocks.add_comment(b"".join(parts))
    return len(parts) + 1


def _skip_parts(file: BinaryIO, budget: int) -> int:
    for count in range(budget):
        length = file.read(1)
        if length in {b"", b"\0"}:
            return count + 1
        file.seek(length[0], 1)
    return budget
