"""The texts of PNG files, read by walking the chunks and written together with the pixels.

Source: PNG specification (third edition), sections 5, 11.3 and 13; for which text counts,
stable-diffusion-webui v1.10.1, ``modules/images.py``.
"""

import struct
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.metadata.atomic import write_file
from mezzotint.runtime.metadata.blocks import block_entries, user_comment
from mezzotint.runtime.metadata.png_chunks import (
    IHDR_SIZE,
    MAX_LENGTH,
    PARAMETERS,
    RECORD,
    SIGNATURE,
    TEXT_TYPES,
    international_chunk,
    text_chunk,
)
from mezzotint.runtime.metadata.png_text import BadChunkError, Reader
from mezzotint.runtime.metadata.record import (
    COMMENT,
    MAX_PARTS,
    MAX_TEXT,
    Entry,
    Metadata,
    MetadataError,
    Place,
)
from mezzotint.runtime.metadata.strict_json import load_object
from mezzotint.runtime.metadata.window import Window
from mezzotint.runtime.record.canonical import canonical

if TYPE_CHECKING:  # reading needs no Pillow
    from PIL.Image import Image

_READ = TEXT_TYPES | {b"IHDR", b"eXIf", b"caBX", b"comf"}
_HEADER = struct.Struct(">I4s")  # length and type of a chunk
_HEADER_SIZE = _HEADER.size
_CHECKSUM = 4  # bytes, behind the content
_FRAME = _HEADER_SIZE + _CHECKSUM
_ALPHA_TYPES = frozenset({4, 6})  # colour types with an alpha channel


@dataclass(slots=True)
class _Walk:
    """What has been found so far."""

    reader: Reader
    entries: list[Entry] = field(default_factory=list)
    exif: bytes | None = None
    manifest: bytes = b""
    size: tuple[int, int] | None = None
    has_alpha: bool = False
    is_whole: bool = False

    def report(self, kind: str, message: str) -> None:
        self.reader.report(kind, message)


def read_png(window: Window, name: str, *, like_reference: bool = False) -> Metadata:
    """The texts of an open PNG file, wherever they stand in it. Pixels are never decoded, nor read.

    Texts over the limits of :mod:`mezzotint.runtime.metadata.record` are passed over with a finding, as are
    malformed ones; a wrong checksum is a finding, too, but the text is given. Of several ``parameters`` the
    last counts. A file that ends too early is an error only when no text came before the end.

    Args:
        window: on the file.
        name: what to call the file in messages.
        like_reference: read text in the wrong encoding as the reference does, that is as garbage.

    Raises:
        MetadataError: cut off before any text.
    """
    walk = _Walk(Reader(like_reference))
    _walk_chunks(window, walk)
    if not walk.is_whole and not walk.entries and walk.exif is None:
        reason = walk.reader.findings[-1].message
        raise MetadataError(f"{name}: {reason}, and no text came before; fetch or save the file again")
    return _collect(walk)


def _walk_chunks(window: Window, walk: _Walk) -> None:
    at, bytes_at, unpack = len(SIGNATURE), window.at, _HEADER.unpack
    for _ in range(MAX_PARTS):
        header = bytes_at(at, _HEADER_SIZE)
        if len(header) < _HEADER_SIZE:
            return walk.report("truncated", "the file ends before its last chunk")
        length, kind = unpack(header)
        if length > MAX_LENGTH or not kind.isalpha():
            return walk.report("corrupt", "the file is damaged: what should be a chunk is none")
        end = at + _FRAME + length
        if end > window.size:
            return walk.report("truncated", f"the file ends inside its {kind.decode()} chunk")
        if kind == b"IEND":
            walk.is_whole = True
            return None
        if kind in _READ:
            _take_chunk(window, at + _HEADER_SIZE, kind, length, walk)
        at = end
    return walk.report("corrupt", f"the file has more than {MAX_PARTS} chunks")


def _take_chunk(window: Window, at: int, kind: bytes, length: int, walk: _Walk) -> None:
    if length > min(MAX_TEXT, walk.reader.budget):
        return walk.report(
            "too-large", f"a {kind.decode()} chunk of {length} bytes is over the limit and was not read"
        )
    walk.reader.budget -= length
    content = window.at(at, length + _CHECKSUM)
    body = content[:length]
    if kind == b"IHDR":
        return _take_header(body, walk)
    if content[length:] != zlib.crc32(body, zlib.crc32(kind)).to_bytes(_CHECKSUM, "big"):
        walk.report(
            "bad-checksum", f"a {kind.decode()} chunk does not match its checksum: its text may be damaged"
        )
    if kind == b"eXIf":
        walk.exif = body
    elif kind == b"caBX":
        walk.manifest = body
    else:
        _take_text(kind, body, walk)
    return None


def _take_header(body: bytes, walk: _Walk) -> None:
    if len(body) == 13:
        walk.size = int.from_bytes(body[:4], "big"), int.from_bytes(body[4:8], "big")
        walk.has_alpha = body[9] in _ALPHA_TYPES


def _take_text(kind: bytes, body: bytes, walk: _Walk) -> None:
    try:
        # ComfyUI's chunk is a tEXt by another name, which may stand behind the pixels.
        walk.entries.append(walk.reader.read(b"tEXt" if kind == b"comf" else kind, body))
    except BadChunkError as error:
        walk.report(error.kind, f"a {kind.decode()} chunk was passed over: {error}")


def _collect(walk: _Walk) -> Metadata:
    parameters, place = _preferred_comment(walk)
    is_overridden = parameters is not None
    record, others = None, []
    for entry in reversed(walk.entries):
        if entry.keyword == PARAMETERS and parameters is None:
            parameters, place = entry.text, Place.KEYWORD
        elif entry.keyword == RECORD and record is None:
            record = _load_record(entry.text, walk)
        else:
            others.append(entry)
    if any(entry.keyword == PARAMETERS for entry in others):
        winner = "a comment" if is_overridden else "the last one"
        walk.report("duplicate", f"the file has several infotexts: {winner} counts, as in the reference")
    others.reverse()
    return Metadata(
        "png",
        parameters,
        record,
        (*others, *block_entries(walk.exif, None, walk.manifest)),
        tuple(walk.reader.findings),
        place,
        walk.size,
        walk.has_alpha,
    )


def _preferred_comment(walk: _Walk) -> tuple[str | None, Place | None]:
    """What the reference prefers to ``parameters``: an EXIF user comment, else a text called ``comment``."""
    if walk.exif is not None:
        text = user_comment(walk.exif, like_reference=walk.reader.like_reference, report=walk.report)
        return text, Place.USER_COMMENT if text else None
    text = next((entry.text for entry in reversed(walk.entries) if entry.keyword == COMMENT), None) or None
    return text, Place.COMMENT if text else None


def _load_record(text: str, walk: _Walk) -> dict[str, object] | None:
    record = load_object(text, is_strict=True)
    if record is None:
        walk.report("bad-record", f'the text called "{RECORD}" is not the JSON object that Mezzotint writes')
    return record


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
    chunks = [text_chunk(keyword, text) for keyword, text in texts]
    chunks.insert(1, international_chunk(RECORD, _dump_record(record)))
    data = _encode(image)
    head = len(SIGNATURE) + IHDR_SIZE  # before all texts
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
        text = canonical(dict(record))
    except MezzotintError as error:
        raise MetadataError(f"the record cannot be written: {error}") from error
    if load_object(text, is_strict=True) is None:
        raise MetadataError("the record is too large to be read back; shorten the prompts")
    return text
