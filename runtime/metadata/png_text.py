"""Text chunks of PNG files as they are read, whoever wrote them.

Source: PNG specification (third edition), section 11.3.3.
"""

import zlib
from dataclasses import dataclass, field

from mezzotint.runtime.metadata.png_chunks import MAX_KEYWORD
from mezzotint.runtime.metadata.record import (
    MAX_TEXT,
    MAX_TEXTS,
    MAX_TOTAL,
    Entry,
    Finding,
    add_finding,
)


class BadChunkError(Exception):
    """A text chunk is not to be used; ``kind`` is that of the finding."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(slots=True)
class Reader:
    """Reads the text chunks of one file within one budget of bytes."""

    like_reference: bool
    budget: int = MAX_TOTAL
    room: int = MAX_TEXTS
    findings: list[Finding] = field(default_factory=list)

    def report(self, kind: str, message: str) -> None:
        """Note something wrong that did not keep the file from being read."""
        add_finding(self.findings, kind, message)

    def read(self, kind: bytes, body: bytes) -> Entry:
        """The text in a chunk of one of the three types.

        Raises:
            BadChunkError: malformed, or over the limits.
        """
        self.room -= 1
        if self.room < 0:
            raise BadChunkError("too-many", f"the file has more than {MAX_TEXTS} of them")
        keyword, nul, rest = body.partition(b"\0")
        if not nul or not 0 < len(keyword) <= MAX_KEYWORD:
            raise BadChunkError("malformed", "it has no keyword")
        name = keyword.decode("latin-1")
        if kind == b"iTXt":
            return Entry(name, self._international(rest))
        if kind == b"zTXt":
            rest = self._inflate(rest[:1], rest[1:])
        return Entry(name, self._latin(rest))

    def _international(self, body: bytes) -> str:
        flag, method, tail = body[:1], body[1:2], body[2:]
        _language, nul, tail = tail.partition(b"\0")
        _translated, second_nul, data = tail.partition(b"\0")
        if not nul or not second_nul or flag not in {b"\0", b"\1"}:
            raise BadChunkError("malformed", "its header is incomplete")
        if flag == b"\1":
            data = self._inflate(method, data)
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            self.report(
                "bad-encoding", "an iTXt chunk is not UTF-8: what could not be decoded shows as U+FFFD"
            )
            return data.decode("utf-8", "replace")

    def _latin(self, data: bytes) -> str:
        """Latin-1 by the specification, though some programs write UTF-8, which Latin-1 hardly ever is."""
        if self.like_reference or data.isascii():
            return data.decode("latin-1")
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            return data.decode("latin-1")

    def _inflate(self, method: bytes, data: bytes) -> bytes:
        """Decompress within the limits: the output never grows past them, whatever the input promises."""
        if method != b"\0":
            raise BadChunkError("malformed", "its compression method is unknown")
        limit = min(MAX_TEXT, self.budget)
        stream = zlib.decompressobj()
        try:
            text = stream.decompress(data, limit + 1)
        except zlib.error as error:
            raise BadChunkError("malformed", "its compressed text is damaged") from error
        if len(text) > limit:
            self.budget -= limit
            raise BadChunkError("too-large", f"it decompresses to more than {limit} bytes")
        if not stream.eof:
            raise BadChunkError("malformed", "its compressed text ends too early")
        self.budget -= len(text)
        return text
