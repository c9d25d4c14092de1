"""Changing the user comment of an EXIF block, and nothing else in it.

All offsets of a block count from its start, so nothing in it may move: values grow at its end, and what is
cut out leaves a gap.

Source: TIFF 6.0, section 2; EXIF 2.32, section 4.6.5; for the encoding of the comment,
stable-diffusion-webui v1.10.1, ``modules/images.py`` (Civitai reads the same).
"""

import struct
from collections.abc import Callable

from mezzotint.runtime.metadata.exif import (
    ENTRY_SIZE,
    EXIF_IFD,
    HEADER,
    INLINE,
    TEXT_KINDS,
    USER_COMMENT,
    Block,
    Field,
)
from mezzotint.runtime.metadata.record import MetadataError

_UNDEFINED, _LONG = 7, 4
_START = 8  # of the first directory in a block that we make
_NEW = struct.pack(">4sIHI", b"MM\0*", _START, 0, 0)  # a block with one empty directory
_MAX_REMOVED = 80  # a block has some ten texts, and more from programs that go wrong
_MAX_COUNT = 0xFFFF
_UNITS = {3: 2, 4: 4, 5: 8, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}  # bytes, of the types that have more than one
_VALUE = 8  # where in an entry the value stands


def encode_user_comment(text: str) -> bytes:
    """The comment as A1111 and Civitai read it: big-endian UTF-16 behind ``UNICODE`` and a NUL.

    Raises:
        MetadataError: half a surrogate pair, which no encoding can hold.
    """
    try:
        return b"UNICODE\0" + text.encode("utf-16-be")
    except UnicodeEncodeError as error:
        raise MetadataError(
            f"the text holds half of a surrogate pair at offset {error.start}; remove it"
        ) from error


def with_user_comment(data: bytes | None, text: str) -> bytes:
    """An EXIF block, without ``Exif`` before it, that has this user comment.

    Args:
        data: the block so far; None makes a new one.
        text: the comment.

    Raises:
        MetadataError: the block so far is malformed, or the text cannot be encoded.
    """
    value = encode_user_comment(text)
    block = _checked(_NEW if data is None else without_user_comment(data) or _NEW)
    if block.pointer is None:
        block = _insert(block, 4, EXIF_IFD, _LONG, struct.pack(f"{block.order}I", 0))
        if block.pointer is None:
            raise _damaged()
        # The new directory is empty: no entries, and none follows.
        block = _patched(block, block.pointer, len(block.data), b"\0\0" + bytes(4))
    return _insert(block, _pointer(block), USER_COMMENT, _UNDEFINED, value).data


def without_user_comment(data: bytes) -> bytes | None:
    """The block without its user comments; None when nothing is left in it.

    Raises:
        MetadataError: the block is malformed.
    """
    return without_fields(data, lambda tag, _: tag == USER_COMMENT)


def without_fields(data: bytes, is_dropped: Callable[[int, bytes], bool]) -> bytes | None:
    """The block without some of its texts; None when nothing is left in it.

    Args:
        data: the block.
        is_dropped: is told a tag and its value, which is empty where it lies outside of the block.

    Raises:
        MetadataError: the block is malformed.
    """
    block = _checked(data)
    for _ in range(_MAX_REMOVED):
        found = _find(block, is_dropped)
        if found is None:
            break
        block = _removed(block, *found)
    else:
        raise _damaged()
    return block.data if block.inner or len(block.main) > (block.pointer is not None) else None


def _checked(data: bytes) -> Block:
    block = Block(data.removeprefix(HEADER))
    if not block.is_valid:
        raise _damaged()
    return block


def _damaged() -> MetadataError:
    return MetadataError("the EXIF block is damaged; remove it from the picture first")


def _pointer(block: Block) -> int:
    """Where the offset of the Exif directory stands."""
    return 0 if block.pointer is None else block.pointer


def _find(block: Block, is_dropped: Callable[[int, bytes], bool]) -> tuple[int, Field] | None:
    """A text that goes, and the offset of the directory that it stands in."""
    for place, fields in ((_pointer(block), block.inner), (4, block.main)):
        for field in fields:
            if field.kind in TEXT_KINDS and is_dropped(field.tag, block.value(field) or b""):
                return block.number(place), field
    return None


def _patched(block: Block, place: int, offset: int, tail: bytes) -> Block:
    """The block with more at its end, and the number at ``place`` pointing there."""
    data = bytearray(block.data) + bytes(offset - len(block.data)) + tail
    struct.pack_into(f"{block.order}I", data, place, offset)
    return Block(bytes(data))


def _directory(block: Block, start: int) -> tuple[int, int]:
    """The number of entries of a directory, and where they end; four bytes behind that it ends itself."""
    if not _START <= start <= len(block.data) - 2:
        raise _damaged()
    (count,) = struct.unpack_from(f"{block.order}H", block.data, start)
    end = start + 2 + count * ENTRY_SIZE
    if end > len(block.data) or count == _MAX_COUNT:
        raise _damaged()
    return count, end


def _insert(block: Block, place: int, tag: int, kind: int, value: bytes) -> Block:
    """The block with one more entry in the directory that the number at ``place`` points to.

    The directory is written anew at the end, as there is no room behind the old one; in its own place if that
    is the end.
    """
    start = block.number(place)
    count, end = _directory(block, start)
    following = block.data[end : end + 4].ljust(4, b"\0")
    entries = [block.data[at : at + ENTRY_SIZE] for at in range(start + 2, end, ENTRY_SIZE)]
    if end + 4 >= len(block.data) and start % 2 == 0 and place + 4 <= start:
        block = Block(block.data[:start])
    offset = len(block.data) + len(block.data) % 2  # directories begin at even offsets
    room = 2 + (count + 1) * ENTRY_SIZE + 4
    is_inline = len(value) <= INLINE
    where = value.ljust(INLINE, b"\0") if is_inline else struct.pack(f"{block.order}I", offset + room)
    length = 1 if kind == _LONG else len(value)
    entries.append(struct.pack(f"{block.order}HHI", tag, kind, length) + where)
    entries.sort(key=lambda entry: struct.unpack_from(f"{block.order}H", entry)[0])
    directory = struct.pack(f"{block.order}H", count + 1) + b"".join(entries) + following
    return _patched(block, place, offset, directory + (b"" if is_inline else value))


def _removed(block: Block, start: int, field: Field) -> Block:
    """The block without one entry of the directory at ``start``; its value is wiped out."""
    count, end = _directory(block, start)
    data = bytearray(block.data)
    entry = field.at - _VALUE
    # The entries behind it, and the link to the next directory, move up.
    moved = data[entry + ENTRY_SIZE : end + 4].ljust(end + 4 - entry - ENTRY_SIZE, b"\0")
    data[entry : end + 4] = moved + bytes(ENTRY_SIZE)
    struct.pack_into(f"{block.order}H", data, start, count - 1)
    if field.length > INLINE:
        _wipe(data, block, field)
    if end + 4 == len(data):
        del data[-ENTRY_SIZE:]
    return Block(bytes(data))


def _wipe(data: bytearray, block: Block, field: Field) -> None:
    """Take a value out where nothing else that we know of stands: no directory, no other value."""
    start = block.value_at(field)
    end = start + field.length
    others = [other for other in (*block.main, *block.inner) if other.at != field.at]
    last = max((other.at + INLINE for other in others), default=0) + 4  # of the directories
    taken = [(0, _START), *((other.at - _VALUE - 2, other.at + INLINE + 4) for other in others)]
    taken += [_extent(block, other) for other in others]
    if end > len(data) or any(start < stop and begin < end for begin, stop in taken):
        return
    if start >= last and end == len(data):
        del data[start:]
    else:
        data[start:end] = bytes(field.length)


def _extent(block: Block, field: Field) -> tuple[int, int]:
    """Where a value stands that is not in its entry."""
    size = field.length * _UNITS.get(field.kind, 1)
    start = block.number(field.at)
    return (0, 0) if size <= INLINE else (start, start + size)
