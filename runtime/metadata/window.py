"""An open file of which little is read: its beginning at once, everything else piece by piece."""

import os

HEAD = 8192  # bytes: in most pictures the texts stand there


class Window:
    """Bytes of an open file by their offsets; what ``head`` holds costs no call to the system."""

    __slots__ = ("descriptor", "head", "size")

    def __init__(self, descriptor: int, size: int) -> None:
        self.descriptor, self.size = descriptor, size
        self.head = os.pread(descriptor, HEAD, 0)

    def at(self, start: int, length: int) -> bytes:
        """``length`` bytes from offset ``start`` on; fewer where the file ends."""
        end = start + length
        if end <= len(self.head):
            return self.head[start:end]
        data = os.pread(self.descriptor, length, start)
        while 0 < len(data) < length and (
            more := os.pread(self.descriptor, length - len(data), start + len(data))
        ):
            data += more  # some file systems give less at a time than was asked for
        return data
