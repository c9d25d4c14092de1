"""The user comment of an EXIF block, where JPEG, WebP and some PNG files keep the infotext.

Source: TIFF 6.0, section 2; EXIF 2.32, section 4.6.5; for the order of attempts,
stable-diffusion-webui v1.10.1, ``modules/images.py`` and piexif's ``helper.UserComment``.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

_EXIF_IFD = 0x8769
_USER_COMMENT = 0x9286
_ENTRY = 12
_TYPES = frozenset({1, 2, 7})  # bytes, ASCII, undefined: the only types a comment may have


class _Field(NamedTuple):
    tag: int
    kind: int
    length: int
    at: int  # of the value or of its offset


def find_user_comment(block: bytes) -> bytes | None:
    """The raw user comment of an EXIF block; None when there is none or the block is malformed.

    Looks into the Exif directory, then into the main one, where some programs put it. Every offset is
    checked against the block, and two directories at most are read, so a crafted block costs nothing.
    """
    block = block.removeprefix(b"Exif\0\0")
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(block[:4])
    if order is None or len(block) < 8:
        return None
    main = list(_fields(block, order, _number(block, order, 4)))
    pointer = next((field.at for field in main if field.tag == _EXIF_IFD), None)
    inner = [] if pointer is None else _fields(block, order, _number(block, order, pointer))
    for field in (*inner, *main):
        if field.tag == _USER_COMMENT and field.kind in _TYPES:
            at = field.at if field.length <= 4 else _number(block, order, field.at)
            if at + field.length <= len(block):
                return block[at : at + field.length]
    return None


def _number(block: bytes, order: str, at: int) -> int:
    """The 32-bit number at an offset; past the end of the block when the offset is."""
    if at + 4 > len(block):
        return len(block)
    return int.from_bytes(block[at : at + 4], "little" if order == "<" else "big")


def _fields(block: bytes, order: str, at: int) -> Iterator[_Field]:
    if at + 2 > len(block):
        return
    (count,) = struct.unpack_from(f"{order}H", block, at)
    for start in range(at + 2, at + 2 + count * _ENTRY, _ENTRY):
        if start + _ENTRY > len(block):
            return
        tag, kind, length = struct.unpack_from(f"{order}HHI", block, start)
        yield _Field(tag, kind, length, start + 8)


def decode_user_comment(raw: bytes, *, like_reference: bool = False) -> str:
    """The text of a raw user comment; never fails, and holds no lone surrogates.

    With ``like_reference`` it is decoded as the reference does, which takes every ``UNICODE`` comment for
    big-endian UTF-16 and every ``ASCII`` one for ASCII. Other programs write little-endian, a byte order
    mark, or UTF-8 under both names: those the reference shows as garbage, and this function reads.
    """
    code, body = raw[:8], raw[8:]
    if code == b"ASCII\0\0\0":
        return body.decode("ascii", "replace") if like_reference else _decode_utf8(body, "latin-1")
    if code == b"UNICODE\0":
        return body.decode("utf-16-be", "replace") if like_reference else _decode_unicode(body)
    if code == b"JIS\0\0\0\0\0":
        return body.decode("shift_jis", "replace")
    return raw.decode("utf-8", "ignore")


def _decode_utf8(body: bytes, otherwise: str) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode(otherwise, "replace")


def _decode_unicode(body: bytes) -> str:
    if body[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return body.decode("utf-16", "replace")
    even, odd = body[0::2].count(0), body[1::2].count(0)  # Latin letters have a zero high byte
    if even == odd == 0 and b" " in body:  # as every infotext has
        return _decode_utf8(body, "utf-16-be")
    return body.decode("utf-16-be" if even >= odd else "utf-16-le", "replace")
