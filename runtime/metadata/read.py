"""Reading the metadata of a file of any kind we know, recognised by its content."""

import os
import stat
from pathlib import Path
from typing import BinaryIO

from mezzotint.runtime.metadata import gif, heif, jpeg, jxl, png, webp
from mezzotint.runtime.metadata.geninfo import with_geninfo
from mezzotint.runtime.metadata.png_chunks import SIGNATURE
from mezzotint.runtime.metadata.record import Metadata, MetadataError, Place
from mezzotint.runtime.metadata.window import Window

MAX_TEXT_FILE = 1 << 20  # bytes; the reference refuses 10000 characters


def read(path: str | Path, *, like_reference: bool = False) -> Metadata:
    """What a picture or text file says about how a picture was made; no pixel is decoded.

    Pictures are PNG, JPEG, WebP, AVIF, HEIF, JPEG XL and GIF.

    A text file, in UTF-8 with or without a byte order mark, is an infotext itself.

    Args:
        path: the file.
        like_reference: decode texts in the wrong encoding as the reference does, that is to garbage,
            rather than as they were meant.

    Raises:
        MetadataError: the file cannot be opened, is of another kind, or ends before any text.
    """
    place = path if isinstance(path, Path) else Path(path)
    try:
        # Asked before opening: a pipe would block, and a device may answer to being opened.
        status = _status(place)
        if not stat.S_ISREG(status.st_mode):
            raise MetadataError(f"{path} is not an ordinary file; give the path of a picture or a text file")
        descriptor = os.open(place, os.O_RDONLY)
        try:
            return _read(Window(descriptor, status.st_size), str(path), like_reference)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise MetadataError(f"cannot read {path}: {error.strerror or error}; check the path") from error


def _status(place: Path) -> os.stat_result:
    try:
        return place.stat()
    except ValueError as error:  # a NUL, or what the file system's encoding lacks
        raise MetadataError(f"{str(place)!r} is no path that a file can have; check the path") from error


def _read(window: Window, name: str, like_reference: bool) -> Metadata:
    if window.head.startswith(SIGNATURE):
        found = png.read_png(window, name, like_reference=like_reference)
        return with_geninfo(found) if like_reference else found
    with os.fdopen(window.descriptor, "rb", closefd=False) as file:
        return _read_other(file, window.head, name, like_reference)


def _read_other(file: BinaryIO, head: bytes, name: str, like_reference: bool) -> Metadata:
    if head.startswith(jpeg.SIGNATURE):
        return jpeg.read_jpeg(file, like_reference=like_reference)
    if webp.is_webp(head):
        return webp.read_webp(file, like_reference=like_reference)
    if heif.is_heif(head):
        return heif.read_heif(file, like_reference=like_reference)
    if head.startswith(gif.SIGNATURES):
        return gif.read_gif(file, name, like_reference=like_reference)
    if head.startswith(jxl.SIGNATURE):
        return jxl.read_jxl(file, like_reference=like_reference)
    return _read_text(file, name)


def _read_text(file: BinaryIO, name: str) -> Metadata:
    size = os.fstat(file.fileno()).st_size
    if size == 0:
        raise MetadataError(f"{name} is empty; fetch or save the file again")
    data = file.read(MAX_TEXT_FILE + 1)
    try:
        text = data.decode("utf-8-sig") if len(data) <= MAX_TEXT_FILE else None
    except UnicodeDecodeError:
        text = None
    if text is None or "\0" in text:
        raise MetadataError(
            f"{name} is neither a picture of a kind we know (PNG, JPEG, WebP, AVIF, HEIF, JPEG XL, GIF) nor "
            f"UTF-8 text of up to {MAX_TEXT_FILE} bytes; convert the picture, or save the text as UTF-8"
        )
    return Metadata("text", text, place=Place.FILE)
