"""A picture in another container, with what it says of its making: the one place where pixels are encoded."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from mezzotint.runtime.metadata.carry import Carried, put, take
from mezzotint.runtime.metadata.png_chunks import SIGNATURE
from mezzotint.runtime.metadata.record import MetadataError
from mezzotint.runtime.metadata.strip import Strip

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = {".png": "PNG", ".webp": "WEBP", ".jpg": "JPEG", ".jpeg": "JPEG"}
_EIGHT_BIT = frozenset({"RGB", "RGBA", "L", "LA", "P", "PA", "1", "CMYK"})
_DEPTH_AT = 24  # of a PNG's bits per channel, in its first chunk


@dataclass(frozen=True, slots=True)
class Encoding:
    """How pixels are written: ``quality`` is Pillow's, 1 to 100; PNG is always lossless."""

    quality: int = 95
    is_lossless: bool = False


def reencoded(source: str | Path, target: str | Path, encoding: Encoding) -> tuple[bytes, tuple[str, ...]]:
    """The bytes of ``target``, whose ending names the container, and notes on what it cannot hold.

    Raises:
        MetadataError: a file cannot be read, or the container is none that can be written.
    """
    form = FORMATS.get(Path(target).suffix.lower())
    if form is None:
        raise MetadataError(f"{target}: no picture format that can be written; end its name in {_ENDINGS}")
    image, notes = _load(source)
    if form != "JPEG" and image.mode == "CMYK":
        raise MetadataError(
            f"{source} has CMYK pixels, which {form} cannot hold; name a .jpg, or convert it elsewhere"
        )
    if form == "JPEG" and image.mode not in {"RGB", "L", "CMYK"}:
        image, notes = _flat(image, notes)
    data = _encode(image, form, encoding)
    try:
        carried: Carried | None = take(source)
    except MetadataError:
        carried = None  # a picture that says nothing can be converted all the same
        notes.append("the picture says nothing of how it was made")
    if carried is None:
        return data, tuple(notes)
    data, more = put(data, carried)
    return data, (*notes, *more)


_ENDINGS = ", ".join(FORMATS)


@contextmanager
def _no_bombs() -> Iterator[None]:
    """Refuse the sizes that Pillow only warns of."""
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        yield


def _load(source: str | Path) -> "tuple[Image, list[str]]":
    from PIL import Image, UnidentifiedImageError

    notes = []
    try:
        with Path(source).open("rb") as file, _no_bombs():
            deep = _deep(file)
            with Image.open(file) as image:
                if getattr(image, "n_frames", 1) > 1:
                    notes.append("only the first of its pictures is converted")
                image.load()
    except UnidentifiedImageError as error:
        raise MetadataError(f"{source} is no picture that can be decoded; fetch or save it again") from error
    except (OSError, ValueError, SyntaxError) as error:
        raise MetadataError(f"cannot decode {source}: {error}; fetch or save the file again") from error
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise MetadataError(f"{source} has more pixels than are decoded from a stranger's file") from error
    if deep or image.mode not in _EIGHT_BIT:
        kind = deep or image.mode
        raise MetadataError(
            f"{source} has pixels of the kind {kind}, which would lose precision; convert it elsewhere"
        )
    return image, notes


def _deep(file: BinaryIO) -> str:
    """What a PNG of 16 bits a channel is called: Pillow opens those of several channels as if they had 8."""
    head = file.read(_DEPTH_AT + 1)
    file.seek(0)
    return "16 bits" if head.startswith(SIGNATURE) and head[_DEPTH_AT:] == b"\x10" else ""


def _flat(image: "Image", notes: list[str]) -> "tuple[Image, list[str]]":
    """The picture as JPEG can hold it: what is transparent becomes white."""
    from PIL import Image

    rgba = image.convert("RGBA")
    if rgba.getchannel("A").getextrema() == (255, 255):
        flat = image.convert("RGB")
    else:
        flat = Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba).convert("RGB")
        notes = [*notes, "JPEG has no transparency: what was transparent is white"]
    flat.info = image.info
    return flat, notes


def _encode(image: "Image", form: str, encoding: Encoding) -> bytes:
    options: dict[str, Any] = {}
    if form != "PNG":
        options["quality"] = encoding.quality
    if form == "WEBP":
        options |= {"lossless": encoding.is_lossless, "exact": encoding.is_lossless}
    if form == "JPEG":
        options["subsampling"] = 0
    for key in ("icc_profile", "dpi"):
        if image.info.get(key):
            options[key] = image.info[key]
    block = image.info.get("exif")
    left = Strip().exif(block) if isinstance(block, bytes) and block else None
    if left is not None:
        options["exif"] = b"Exif\0\0" + left
    if form == "WEBP" and image.mode not in {"RGB", "RGBA"}:
        image = image.convert("RGBA" if "A" in image.mode or "transparency" in image.info else "RGB")
    out = BytesIO()
    image.save(out, form, **options)
    return out.getvalue()
