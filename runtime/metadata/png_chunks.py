"""Chunks of PNG files as they are written.

Source: PNG specification (third edition), sections 5 and 11.3.3; for the choice of chunk,
stable-diffusion-webui v1.10.1, ``modules/images.py``, and Pillow's ``PngInfo.add_text``.
"""

import zlib

from mezzotint.runtime.metadata.record import MAX_TEXT, MetadataError

SIGNATURE = b"\x89PNG\r\n\x1a\n"
PARAMETERS = "parameters"
RECORD = "mezzotint"
MAX_LENGTH = 2**31 - 1  # of a chunk, by the specification
MAX_KEYWORD = 79
TEXT_TYPES = frozenset({b"tEXt", b"zTXt", b"iTXt"})
IHDR_SIZE = 25  # IHDR is always the first chunk


def text_chunk(keyword: str, text: str) -> bytes:
    """A tEXt chunk where Latin-1 can hold the text, else an iTXt chunk, as the reference chooses.

    Latin-1 text that is also valid UTF-8, which is rare, becomes an iTXt chunk: it would be misread.

    Raises:
        MetadataError: a keyword or text that PNG cannot hold.
    """
    try:
        data = text.encode("latin-1")
    except UnicodeEncodeError:
        return international_chunk(keyword, text)
    if not data.isascii() and _is_utf8(data):
        return international_chunk(keyword, text)
    return chunk(b"tEXt", _keyword(keyword) + b"\0" + data)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def international_chunk(keyword: str, text: str) -> bytes:
    """An uncompressed iTXt chunk.

    Raises:
        MetadataError: a keyword or text that PNG cannot hold.
    """
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise MetadataError(
            f'the text for "{keyword}" holds half of a surrogate pair at offset {error.start}; remove it'
        ) from error
    return chunk(b"iTXt", _keyword(keyword) + b"\0\0\0\0\0" + data)


def _keyword(keyword: str) -> bytes:
    data = keyword.encode("latin-1", "replace")
    if data.decode("latin-1") != keyword or b"\0" in data or not 0 < len(data) <= MAX_KEYWORD:
        raise MetadataError(f"{keyword!r} cannot name a text: use 1 to {MAX_KEYWORD} Latin-1 letters")
    return data


def chunk(kind: bytes, body: bytes) -> bytes:
    """Length, type, content and checksum.

    Raises:
        MetadataError: more content than we would read.
    """
    if len(body) > MAX_TEXT:
        raise MetadataError(f"a text of {len(body)} bytes is over the limit of {MAX_TEXT}; shorten it")
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")
