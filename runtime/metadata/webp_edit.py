"""Changing the infotext of a WebP file, chunk by chunk, every other byte as it was.

Source: WebP container specification (RFC 9649), section 2.7; for sizes in bitstreams, RFC 6386, section 9.1.
"""

from collections.abc import Iterator

from mezzotint.runtime.metadata.exif import HEADER as EXIF
from mezzotint.runtime.metadata.exif_edit import with_user_comment, without_user_comment
from mezzotint.runtime.metadata.record import MAX_PARTS, MetadataError
from mezzotint.runtime.metadata.webp import EXTENDED_ALPHA, HEADER, lossless_size

_HAS_EXIF = 0x08  # flag of the VP8X chunk
_LOSSY_START = b"\x9d\x01\x2a"
_MAX_SIZE = 0xFFFFFFFE


def edit_webp(data: bytes, parameters: str | None) -> bytes:
    """The file with this infotext as EXIF user comment, or without any.

    A simple file becomes an extended one, which only puts a header before the same pixels.

    Raises:
        MetadataError: the file is damaged.
    """
    chunks = list(split_webp(data))
    if b"EXIF" in data[own_end(data) :]:
        raise MetadataError("the file goes on behind its end, so it is not changed; save it again")
    old = next((body for kind, body in chunks if kind == b"EXIF"), None)
    if parameters is None:
        block = None if old is None else without_user_comment(old)
    else:
        block = with_user_comment(old, parameters)
    if old is not None and old.startswith(EXIF) and block is not None:
        block = EXIF + block
    if old is None and block is None:
        return data
    # In the place of the old one, else where the specification wants it: before XMP, or at the end.
    place = next((n for n, (kind, _) in enumerate(chunks) if kind in {b"EXIF", b"XMP "}), len(chunks))
    kept = [(kind, body) for kind, body in chunks if kind != b"EXIF"]
    if block is not None:
        kept.insert(place, (b"EXIF", block))
    return join_webp(_extended(kept, has_exif=block is not None)) + data[own_end(data) :]


def own_end(data: bytes) -> int:
    """Where the file ends by its own account; what stands behind is kept."""
    return min(len(data), 8 + int.from_bytes(data[4:8], "little"))


def split_webp(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The chunks, each its kind and its content.

    Raises:
        MetadataError: the file is damaged.
    """
    at, size = HEADER, own_end(data)
    for _ in range(MAX_PARTS):
        if at >= size:
            return
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        if at + 8 + length > size:
            break
        yield data[at : at + 4], data[at + 8 : at + 8 + length]
        at += 8 + length + length % 2
    raise MetadataError("the file is damaged or cut off, so it is not changed; fetch or save it again")


def _extended(chunks: list[tuple[bytes, bytes]], *, has_exif: bool) -> list[tuple[bytes, bytes]]:
    """The chunks with a VP8X chunk that says whether there is EXIF."""
    kind, body = chunks[0] if chunks else (b"", b"")
    if kind != b"VP8X":
        return [(b"VP8X", _header(kind, body)), *chunks] if has_exif else chunks
    flags = body[0] | _HAS_EXIF if has_exif else body[0] & ~_HAS_EXIF
    return [(kind, bytes([flags]) + body[1:]), *chunks[1:]]


def _header(kind: bytes, body: bytes) -> bytes:
    if kind == b"VP8L" and len(body) >= 5:
        (width, height), has_alpha = lossless_size(body)
    elif kind == b"VP8 " and body[3:6] == _LOSSY_START:
        width, height = (int.from_bytes(body[at : at + 2], "little") & 0x3FFF for at in (6, 8))
        has_alpha = False
    else:
        raise MetadataError("the file holds no picture that we know, so it is not changed; save it again")
    if min(width, height) < 1:
        raise MetadataError("the file's picture has no size, so it is not changed; save it again")
    flags = _HAS_EXIF | (EXTENDED_ALPHA if has_alpha else 0)
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return bytes([flags, 0, 0, 0]) + sides


def join_webp(chunks: list[tuple[bytes, bytes]]) -> bytes:
    """The file of these chunks.

    Raises:
        MetadataError: it is too large.
    """
    content = b"WEBP" + b"".join(
        kind + len(body).to_bytes(4, "little") + body + bytes(len(body) % 2) for kind, body in chunks
    )
    if len(content) > _MAX_SIZE:
        raise MetadataError("the file would be larger than WebP allows; save the picture as PNG")
    return b"RIFF" + len(content).to_bytes(4, "little") + content
