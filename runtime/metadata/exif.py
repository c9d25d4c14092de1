"""The texts of an EXIF block, where JPEG, WebP, AVIF and some PNG files keep the infotext.

Source: TIFF 6.0, section 2; EXIF 2.32, section 4.6.5; for the order of attempts,
stable-diffusion-webui v1.10.1, ``modules/images.py`` and piexif's ``helper.UserComment``.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from mezzotint.runtime.metadata.record import MAX_TOTAL, Entry

HEADER = b"Exif\0\0"
EXIF_IFD = 0x8769
USER_COMMENT = 0x9286
ENTRY_SIZE = 12
INLINE = 4  # bytes: a longer value stands elsewhere

_ASCII = 2
TEXT_KINDS = frozenset({1, _ASCII, 7})  # bytes, ASCII, undefined: the only types a comment may have
TAG_NAMES = {
    0x010D: "DocumentName",
    0x010E: "ImageDescription",
    0x010F: "Make",
    0x0110: "Model",
    0x0131: "Software",
    0x013B: "Artist",
    0x927C: "MakerNote",
}
_MAX_TEXTS = 64


class Field(NamedTuple):
    """One entry of a directory; ``at`` is the offset of the value, or of the value's offset."""

    tag: int
    kind: int
    length: int
    at: int


class Block:
    """The directories of an EXIF block. Every offset is checked, so a crafted block costs nothing."""

    def __init__(self, data: bytes) -> None:
        self.data = data.removeprefix(HEADER)
        self.order = {b"II*\0": "<", b"MM\0*": ">"}.get(self.data[:4], "")
        self.is_valid = bool(self.order) and len(self.data) >= 8
        self.main = tuple(self.fields(self.number(4))) if self.is_valid else ()
        self.pointer = next((field.at for field in self.main if field.tag == EXIF_IFD), None)
        inner = () if self.pointer is None else tuple(self.fields(self.number(self.pointer)))
        self.inner: tuple[Field, ...] = inner

    def number(self, at: int) -> int:
        """The 32-bit number at an offset; past the end of the block when the offset is."""
        if at + 4 > len(self.data):
            return len(self.data)
        return int.from_bytes(self.data[at : at + 4], "little" if self.order == "<" else "big")

    def fields(self, at: int) -> Iterator[Field]:
        """The entries of the directory at an offset."""
        if at + 2 > len(self.data):
            return
        (count,) = struct.unpack_from(f"{self.order}H", self.data, at)
        for start in range(at + 2, at + 2 + count * ENTRY_SIZE, ENTRY_SIZE):
            if start + ENTRY_SIZE > len(self.data):
                return
            tag, kind, length = struct.unpack_from(f"{self.order}HHI", self.data, start)
            yield Field(tag, kind, length, start + 8)

    def value_at(self, field: Field) -> int:
        """Where the value of a field of bytes begins."""
        return field.at if field.length <= INLINE else self.number(field.at)

    def value(self, field: Field) -> bytes | None:
        """The value of a field of bytes; None for other types, and for one that is not in the block."""
        at = self.value_at(field)
        if field.kind not in TEXT_KINDS or at + field.length > len(self.data):
            return None
        return self.data[at : at + field.length]


def find_user_comment(block: bytes) -> bytes | None:
    """The raw user comment of an EXIF block; None when there is none or the block is malformed.

    Looks into the Exif directory, then into the main one, where some programs put it.
    """
    exif = Block(block)
    for field in (*exif.inner, *exif.main):
        if field.tag == USER_COMMENT and (value := exif.value(field)) is not None:
            return value
    return None


def damage(block: bytes) -> str | None:
    """Why a block gives no user comment although there may be one; None when there is none."""
    exif = Block(block)
    if not exif.is_valid:
        return "the EXIF block is damaged and was not read"
    if any(field.tag == USER_COMMENT for field in (*exif.inner, *exif.main)):
        return "the EXIF user comment is said to stand outside its block, or to be no text, and was not read"
    return None


def find_texts(block: bytes) -> list[Entry]:
    """The other texts of an EXIF block, such as ``exif:Make``, where ComfyUI and NovelAI keep theirs."""
    exif = Block(block)
    found: list[Entry] = []
    budget = MAX_TOTAL
    for field in (*exif.main, *exif.inner):
        known = TAG_NAMES.get(field.tag) or (f"{field.tag:#06x}" if 0x0100 <= field.tag < 0x010D else None)
        if field.kind != _ASCII or known is None or field.length > budget or len(found) == _MAX_TEXTS:
            continue
        value = exif.value(field)
        if value is not None:
            budget -= field.length  # many fields may share one value
            found.append(Entry(f"exif:{known}", decode_utf8(value.strip(b"\0"), "latin-1")))
    return found


def decode_user_comment(raw: bytes, *, like_reference: bool = False) -> str:
    """The text of a raw user comment; never fails, and holds no lone surrogates.

    With ``like_reference`` it is decoded as the reference does, which takes every ``UNICODE`` comment for
    big-endian UTF-16 and every ``ASCII`` one for ASCII. Other programs write little-endian, a byte order
    mark, or UTF-8 under both names or none, and end the text with NULs: those the reference shows as garbage,
    and this function reads.
    """
    text = _decode(raw, like_reference)
    return text if like_reference else text.rstrip("\0")


def _decode(raw: bytes, like_reference: bool) -> str:
    code, body = raw[:8], raw[8:]
    if code == b"ASCII\0\0\0":
        return body.decode("ascii", "replace") if like_reference else decode_utf8(body, "latin-1")
    if code == b"UNICODE\0":
        return body.decode("utf-16-be", "replace") if like_reference else _decode_unicode(body)
    if code == b"JIS\0\0\0\0\0":
        return body.decode("shift_jis", "replace")
    if code == bytes(8) and not like_reference:
        return decode_utf8(body, "latin-1")
    return raw.decode("utf-8", "ignore")


def decode_utf8(body: bytes, otherwise: str) -> str:
    """The text in UTF-8 if it is that, else in the encoding ``otherwise``."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode(otherwise, "replace")


def _decode_unicode(body: bytes) -> str:
    if body[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return body.decode("utf-16", "replace")
    even, odd = body[0::2].count(0), body[1::2].count(0)  # Latin letters have a zero high byte
    if even == odd == 0 and b" " in body:  # as every infotext has
        return decode_utf8(body, "utf-16-be")
    return body.decode("utf-16-be" if even >= odd else "utf-16-le", "replace")
