"""The pictures that image to image starts from."""

import struct
import warnings
from dataclasses import dataclass
from hashlib import md5
from pathlib import Path

from PIL import Image, ImageOps

from mezzotint.runtime.metadata.digest import open_image


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A picture to start from, and where to paint it.

    Attributes:
        image: any mode; transparency is laid on white.
        mask: painted where it is white or, if it has transparency, where it is opaque; ``None`` is
            everywhere.
        image_path, mask_path: the files that they were read from.
    """

    image: Image.Image
    mask: Image.Image | None = None
    image_path: Path | None = None
    mask_path: Path | None = None


def open_source(image: str | Path, mask: str | Path | None = None) -> Source:
    """Read both from files, upright.

    Raises:
        MetadataError: a file is no picture, or has too many pixels.
    """
    if mask is None:
        return Source(_load(image), None, Path(image))
    return Source(_load(image), _load(mask), Path(image), Path(mask))


def pixel_hash(image: Image.Image) -> str:
    """MD5 over the samples of a picture in its own mode, in hex, as "Init image hash" is made."""
    return md5(image.tobytes(), usedforsecurity=False).hexdigest()


def _load(path: str | Path) -> Image.Image:
    with open_image(path) as image:
        image.load()
        return _with_alpha(_upright(image.copy()))


def _upright(image: Image.Image) -> Image.Image:
    """The picture turned as its EXIF block says; as it lies if that is damaged, as in the reference."""
    damage = (ArithmeticError, AttributeError, LookupError, OSError, SyntaxError, TypeError, ValueError)
    try:
        with warnings.catch_warnings(action="ignore"):
            return ImageOps.exif_transpose(image)
    except (*damage, struct.error):
        return image


def _with_alpha(image: Image.Image) -> Image.Image:
    """RGBA where a PNG holds its transparency beside the pixels.

    Source: stable-diffusion-webui ``modules/images.py``.
    """
    beside = image.mode in ("RGB", "P") and isinstance(image.info.get("transparency"), bytes)
    return image.convert("RGBA") if beside else image
