"""The texts of PNG files, read by walking the chunks and written together with the pixels.

Source: PNG specification (third edition), sections 5, 11.3.3 and 13; for the choice of chunk,
stable-diffusion-webui v1.10.1, ``modules/images.py``, and Pillow's ``PngInfo.add_text``.
"""

import json
import os
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from mezzotint.runtime.metadata.atomic import write_file
from mezzotint.runtime.metadata.exif import decode_user_comment, find_user_comment
from mezzotint.runtime.metadata.record import (
    MAX_PARTS,
    MAX_TEXT,
    MAX_TOTAL,
    Entry,
    Finding,
    Metadata,
    MetadataError,
)

if TYPE_CHECKING:  # reading needs no Pillow
    from PIL.Image import Image

SIGNATURE = b"\x89PNG\r\n\x1a\n"
PARAMETERS = "parameters"
RECORD = "mezzotint"

_MAX_LENGTH = 2**31 - 1  # of a chunk, by the specification
_MAX_KEYWORD = 79
_TEXT_TYPES = frozenset({b"tEXt", b"zTXt", b"iTXt"})


@dataclass(slots=True)
class _Walk:
    """What has been found so far."""

    like_reference: bool
    budget: int = MAX_TOTAL
    entries: list[Entry] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    exif: bytes | None = None
    is_whole: bool = False

    def report(self, kind: str, message: str) -> None:
        self.findings.append(Finding(kind, message))


def read_png(file: BinaryIO, name: str, *, like_reference: bool = False) -> Metadata:
    """The texts of an open PNG file, wherever they stand in it. Pixels are never decoded, nor read.

    Texts over the limits of :mod:`mezzotint.runtime.metadata.record` are passed over with a finding, as are
    malformed ones; a wrong checksum is a finding, too, but the text is given. Of several ``parameters`` the
    last counts. A file that ends too early is an error only when no text came before the end.

    Args:
        file: open for reading bytes, seekable, at its start.
        name: what to call the file in messages.
        like_reference: read text in the wrong encoding as the reference does, that is as garbage.

    Raises:
        MetadataError: not a PNG, or cut off before any text.
    """
    size = os.fstat(file.fileno()).st_size
    if file.read(len(SIGNATURE)) != SIGNATURE:
        raise MetadataError(
            f"{name}: not a PNG file: its signature is missing; check what the file really is"
        )
    walk = _Walk(like_reference)
    _walk_chunks(file, size, walk)
    if not walk.is_whole and not walk.entries and walk.exif is None:
        reason = walk.findings[-1].message
        raise MetadataError(f"{name}: {reason}, and no text came before; fetch or save the file again")
    return _collect(walk)


def _walk_chunks(file: BinaryIO, size: int, walk: _Walk) -> None:
    for _ in range(MAX_PARTS):
        header = file.read(8)
        at = file.tell()
        if len(header) < 8:
            return walk.report("truncated", "the file ends before its last chunk")
        length, kind = int.from_bytes(header[:4], "big"), header[4:]
        if length > _MAX_LENGTH or not kind.isalpha():
            return walk.report("corrupt", "the file is damaged: what should be a chunk is none")
        if at + length + 4 > size:
            return walk.report("truncated", f"the file ends inside its {kind.decode()} chunk")
        if kind == b"IEND":
            walk.is_whole = True
            return None
        if kind in _TEXT_TYPES or kind == b"eXIf":
            _take_chunk(file, kind, length, walk)
        file.seek(at + length + 4)
    return walk.report("corrupt", f"the file has more than {MAX_PARTS} chunks")


def _take_chunk(file: BinaryIO, kind: bytes, length: int, walk: _Walk) -> None:
    label = kind.decode()
    if length > min(MAX_TEXT, walk.budget):
        return walk.report(
            "too-large", f"a {label} chunk of {length} bytes is over the limit and was not read"
        )
    walk.budget -= length
    body = file.read(length)
    if file.read(4) != zlib.crc32(kind + body).to_bytes(4, "big"):
        walk.report("bad-checksum", f"a {label} chunk does not match its checksum: its text may be damaged")
    if kind == b"eXIf":
        walk.exif = body
        return None
    try:
        entry = _ENTRY_READERS[kind](body, walk)
    except _BadChunkError as error:
        return walk.report(error.kind, f"a {label} chunk was passed over: {error}")
    walk.entries.append(entry)
    return None


class _BadChunkError(Exception):
    """A text chunk is not to be used."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def _split(body: bytes) -> tuple[str, bytes]:
    keyword, nul, rest = body.partition(b"\0")
    if not nul or not 0 < len(keyword) <= _MAX_KEYWORD:
        raise _BadChunkError("malformed", "it has no keyword")
    return keyword.decode("latin-1"), rest


def _read_plain(body: bytes, walk: _Walk) -> Entry:
    keyword, rest = _split(body)
    return Entry(keyword, _decode_latin(rest, walk))


def _read_compressed(body: bytes, walk: _Walk) -> Entry:
    keyword, rest = _split(body)
    return Entry(keyword, _decode_latin(_inflate(rest[:1], rest[1:], walk), walk))


def _read_international(body: bytes, walk: _Walk) -> Entry:
    keyword, rest = _split(body)
    flag, method, tail = rest[:1], rest[1:2], rest[2:]
    _language, nul, tail = tail.partition(b"\0")
    _translated, second_nul, data = tail.partition(b"\0")
    if not nul or not second_nul or flag not in {b"\0", b"\1"}:
        raise _BadChunkError("malformed", "its header is incomplete")
    if flag == b"\1":
        data = _inflate(method, data, walk)
    try:
        return Entry(keyword, data.decode("utf-8"))
    except UnicodeDecodeError:
        walk.report("bad-encoding", "an iTXt chunk is not UTF-8: what could not be decoded shows as U+FFFD")
        return Entry(keyword, data.decode("utf-8", "replace"))


_ENTRY_READERS = {b"tEXt": _read_plain, b"zTXt": _read_compressed, b"iTXt": _read_international}


def _decode_latin(data: bytes, walk: _Walk) -> str:
    """Latin-1 by the specification, though some programs write UTF-8, which Latin-1 text hardly ever is."""
    if walk.like_reference or data.isascii():
        return data.decode("latin-1")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _inflate(method: bytes, data: bytes, walk: _Walk) -> bytes:
    """Decompress within the limits: the output never grows past them, whatever the input promises."""
    if method != b"\0":
        raise _BadChunkError("malformed", "its compression method is unknown")
    limit = min(MAX_TEXT, walk.budget)
    stream = zlib.decompressobj()
    try:
        text = stream.decompress(data, limit + 1)
    except zlib.error as error:
        raise _BadChunkError("malformed", "its compressed text is damaged") from error
    if len(text) > limit:
        raise _BadChunkError("too-large", f"it decompresses to more than {limit} bytes")
    if not stream.eof:
        raise _BadChunkError("malformed", "its compressed text ends too early")
    walk.budget -= len(text)
    return text


def _collect(walk: _Walk) -> Metadata:
    parameters = _preferred_comment(walk)
    is_overridden = parameters is not None
    record, others = None, []
    for entry in reversed(walk.entries):
        if entry.keyword == PARAMETERS and parameters is None:
            parameters = entry.text
        elif entry.keyword == RECORD and record is None:
            record = _load_record(entry.text, walk)
        else:
            others.append(entry)
    if any(entry.keyword == PARAMETERS for entry in others):
        winner = "a comment" if is_overridden else "the last one"
        walk.report("duplicate", f"the file has several infotexts: {winner} counts, as in the reference")
    return Metadata("png", parameters, record, tuple(reversed(others)), tuple(walk.findings))


def _preferred_comment(walk: _Walk) -> str | None:
    """What the reference prefers to ``parameters``: an EXIF user comment, else a text called ``comment``."""
    if walk.exif is not None:
        raw = find_user_comment(walk.exif)
        return (decode_user_comment(raw, like_reference=walk.like_reference) or None) if raw else None
    return next((entry.text for entry in reversed(walk.entries) if entry.keyword == "comment"), None) or None


def _load_record(text: str, walk: _Walk) -> dict[str, object] | None:
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        record = None
    if isinstance(record, dict):
        return record
    walk.report("bad-record", f'the text called "{RECORD}" is not the JSON object that Mezzotint writes')
    return None


def write_png(
    image: "Image",
    path: str | Path,
    *,
    parameters: str,
    record: Mapping[str, object],
    extra_text: Iterable[tuple[str, str]] = (),
) -> None:
    """Write an image with its infotext and our own record, all or nothing.

    The same pixels and texts give the same bytes (with the same Pillow and zlib). The infotext is a tEXt
    chunk where Latin-1 can hold it and an iTXt chunk otherwise, as in the reference, except for the rare
    Latin-1 text that is also valid UTF-8, which would be misread. Anything else that ``image`` carries
    (colour profile, EXIF, other texts) is not written.

    Args:
        image: of a mode that PNG knows.
        path: replaced when it exists, keeping its permissions; see
            :func:`mezzotint.runtime.metadata.atomic.write_file`.
        parameters: the infotext.
        record: what JSON can hold; written as canonical JSON.
        extra_text: further keywords and texts, in order.

    Raises:
        MetadataError: a text, keyword or record that PNG cannot hold, an image that it cannot, or a place
            that cannot be written to.
    """
    texts = [(PARAMETERS, parameters), *extra_text]
    chunks = [_text_chunk(keyword, text) for keyword, text in texts]
    chunks.insert(1, _international_chunk(RECORD, _dump_record(record)))
    data = _encode(image)
    # The signature and IHDR, always the first chunk and always 25 bytes, come before all texts.
    head = len(SIGNATURE) + 25
    write_file(path, data[:head] + b"".join(chunks) + data[head:])


def _encode(image: "Image") -> bytes:
    bare = image.copy()
    bare.info = {key: image.info[key] for key in ("transparency",) if key in image.info}
    buffer = BytesIO()
    try:
        bare.save(buffer, "PNG")
    except (OSError, ValueError) as error:
        raise MetadataError(
            f"PNG cannot hold an image of mode {image.mode} and size {image.size}; convert it to RGB"
        ) from error
    return buffer.getvalue()


def _dump_record(record: Mapping[str, object]) -> str:
    try:
        return json.dumps(
            dict(record), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
        )
    except (TypeError, ValueError, RecursionError) as error:
        raise MetadataError(
            f"the record is not plain JSON ({error}); use finite numbers and texts"
        ) from error


def _text_chunk(keyword: str, text: str) -> bytes:
    try:
        data = text.encode("latin-1")
    except UnicodeEncodeError:
        return _international_chunk(keyword, text)
    if not data.isascii() and _is_utf8(data):
        return _international_chunk(keyword, text)
    return _chunk(b"tEXt", _keyword(keyword) + b"\0" + data)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _international_chunk(keyword: str, text: str) -> bytes:
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise MetadataError(
            f'the text for "{keyword}" holds half of a surrogate pair at offset {error.start}; remove it'
        ) from error
    return _chunk(b"iTXt", _keyword(keyword) + b"\0\0\0\0\0" + data)


def _keyword(keyword: str) -> bytes:
    data = keyword.encode("latin-1", "replace")
    if data.decode("latin-1") != keyword or b"\0" in data or not 0 < len(data) <= _MAX_KEYWORD:
        raise MetadataError(f"{keyword!r} cannot name a text: use 1 to {_MAX_KEYWORD} Latin-1 letters")
    return data


def _chunk(kind: bytes, body: bytes) -> bytes:
    if len(body) > MAX_TEXT:
        raise MetadataError(f"a text of {len(body)} bytes is over the limit of {MAX_TEXT}; shorten it")
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")
