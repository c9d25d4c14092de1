"""How a picture was made, whichever program made it."""

from dataclasses import dataclass, replace
from pathlib import Path

from mezzotint.runtime.metadata.generation import Generation
from mezzotint.runtime.metadata.read import read
from mezzotint.runtime.metadata.record import C2PA, Metadata, MetadataError, Place
from mezzotint.runtime.metadata.tools import labels
from mezzotint.runtime.metadata.tools.registry import identify
from mezzotint.runtime.metadata.unread import unread

_SIDE_FILES = (".txt", ".json")
_LOSSLESS = ("png", "webp")  # elsewhere no bit of a pixel survives


@dataclass(frozen=True, slots=True)
class Description:
    """A file's metadata, and what they mean; ``generation`` is None when they say nothing we understand."""

    metadata: Metadata
    generation: Generation | None


def describe(path: str | Path, *, hidden: bool = False) -> Description:
    """Read a file's metadata and find out what made it.

    A picture that says nothing is asked further: a file of the same name that ends in ``.txt`` or ``.json``,
    then, if it can be transparent, the pixels, where some programs hide a copy.

    Args:
        path: a picture, or a text file.
        hidden: look into the pixels of every picture that says nothing, whatever its kind.

    Raises:
        MetadataError: the file cannot be opened, is of another kind, or ends before any text.
    """
    found = read(path)
    generation = identify(found)
    if generation is None or generation.tool in labels.NAMES:
        generation = _further(Path(path), found, hidden) or generation
    if generation is None:
        found = replace(found, findings=(*found.findings, *unread(found)))
    return Description(found, generation)


def _further(path: Path, found: Metadata, hidden: bool) -> Generation | None:
    if found.container == "text":
        return None
    beside = _beside(path)
    result = None if beside is None else identify(beside)
    if result is not None:
        return result
    inside = _inside(path, found, hidden)
    return None if inside is None else identify(inside)


def _beside(path: Path) -> Metadata | None:
    """The text file that some programs write beside a picture."""
    for suffix in _SIDE_FILES:
        place = path.with_suffix(suffix)
        if place.is_file():
            try:
                found = read(place)
            except MetadataError:
                continue
            return replace(found, place=Place.SIDE_FILE) if found.container == "text" else None
    return None


def _inside(path: Path, found: Metadata, hidden: bool) -> Metadata | None:
    is_labelled = found.find(C2PA) is not None
    if found.container not in _LOSSLESS or not (hidden or (found.has_alpha and not is_labelled)):
        return None
    from mezzotint.runtime.metadata.stealth import read_pixels  # Pillow, which is needed for nothing else

    try:
        return read_pixels(path, found, bands=("A", "RGB") if hidden else ("A",))
    except MetadataError:
        return None  # it was a guess
