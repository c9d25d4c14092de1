"""Texts hidden in the lowest bits of the pixels: "stealth PNG info", as NovelAI and others write it.

This is the only place that decodes pixels, so it is asked last, and within limits.

Source: sd_webui_stealth_pnginfo ``scripts/stealth_pnginfo.py``; NovelAI ``nai_meta.py``.
"""

import zlib
from pathlib import Path

from PIL import Image

from mezzotint.runtime.metadata.digest import open_image
from mezzotint.runtime.metadata.record import MAX_TEXT, Entry, Metadata, Place
from mezzotint.runtime.metadata.strict_json import load_object

MAX_PIXELS = 1 << 24  # 4096 x 4096: decoding more is not worth a guess

_MAGIC = 15  # bytes of the mark
_LENGTH = 4  # bytes of the payload's length, which is in bits
_GZIP = 16 + zlib.MAX_WBITS
_MARKS = {  # the bands that hold the bits, and whether the payload is compressed
    b"stealth_pnginfo": ("A", False),
    b"stealth_pngcomp": ("A", True),
    b"stealth_rgbinfo": ("RGB", False),
    b"stealth_rgbcomp": ("RGB", True),
}


def read_pixels(
    path: str | Path, found: Metadata, *, bands: tuple[str, ...] = ("A", "RGB")
) -> Metadata | None:
    """The metadata hidden in a picture; None when there are none.

    Args:
        path: the file.
        found: what the file says openly; its container and findings are kept.
        bands: where to look: ``A`` in the transparency, ``RGB`` in the colours.

    Raises:
        MetadataError: the picture cannot be decoded, or is too large.
    """
    with open_image(path, max_pixels=MAX_PIXELS) as image:
        for band in bands:
            if band == "A" and "A" not in image.getbands():
                continue
            payload = _payload(image.getchannel("A") if band == "A" else image.convert("RGB"), band)
            if payload is not None:
                return _metadata(payload.decode("utf-8", "replace"), found)
    return None


def _payload(image: Image.Image, band: str) -> bytes | None:
    """The hidden bytes: bits run down each column, the columns from left to right."""
    header = _bytes(image, _MAGIC + _LENGTH)
    place, is_compressed = _MARKS.get(header[:_MAGIC], ("", False))
    if place != band:
        return None
    length = int.from_bytes(header[_MAGIC:], "big") // 8
    room = image.width * image.height * len(band) // 8 - len(header)
    if not 0 < length <= min(room, MAX_TEXT):
        return None
    payload = _bytes(image, len(header) + length)[len(header) :]
    return _inflate(payload) if is_compressed else payload


def _bytes(image: Image.Image, count: int) -> bytes:
    """The first ``count`` bytes made of lowest bits."""
    bits, bands = count * 8, len(image.getbands())
    columns = min(image.width, -(-bits // (image.height * bands)))
    strip = image.crop((0, 0, columns, image.height)).transpose(Image.Transpose.TRANSPOSE)
    values = strip.point([255 * (value & 1) for value in range(256)] * bands).tobytes()[:bits]
    # Pillow packs eight pixels of a black and white picture into a byte, the first one on top.
    return Image.frombytes("L", (len(values), 1), values).convert("1", dither=Image.Dither.NONE).tobytes()


def _inflate(payload: bytes) -> bytes | None:
    stream = zlib.decompressobj(_GZIP)
    try:
        text = stream.decompress(payload, MAX_TEXT + 1)
    except zlib.error:
        return None
    return text if stream.eof and len(text) <= MAX_TEXT else None


def _metadata(text: str, found: Metadata) -> Metadata:
    """The payload is an infotext, or an object with the texts that a PNG would have."""
    data = load_object(text)
    texts = {} if data is None else {key: value for key, value in data.items() if isinstance(value, str)}
    parameters = texts.pop("parameters", None) if data is not None else text
    entries = tuple(Entry(key, value) for key, value in texts.items())
    return Metadata(
        found.container, parameters, None, entries, found.findings, Place.PIXELS, found.size, found.has_alpha
    )
