"""Taking what tells how a picture was made from one file to another, in the form that the other can hold."""

from dataclasses import dataclass
from pathlib import Path

from mezzotint.runtime.metadata.describe import describe
from mezzotint.runtime.metadata.edit import edited, load
from mezzotint.runtime.metadata.generation import Generation
from mezzotint.runtime.metadata.png_chunks import PARAMETERS, TEXT_TYPES, text_chunk
from mezzotint.runtime.metadata.png_chunks import SIGNATURE as PNG
from mezzotint.runtime.metadata.png_edit import HEAD, keyword_of, split_png
from mezzotint.runtime.metadata.record import C2PA, COMMENT, XMP, Entry, Metadata, MetadataError
from mezzotint.runtime.metadata.strip import Strip, strip

_GRAPHS = ("prompt", "workflow")  # ComfyUI writes these names into the EXIF texts of other containers
_BLOCKS = frozenset({XMP, C2PA, COMMENT})


@dataclass(frozen=True, slots=True)
class Carried:
    """What goes along.

    Attributes:
        infotext: the text that A1111 would read, as it stands in the file.
        translated: the same in A1111's words, where the file has none.
        texts: what programs wrote beside it.
        notes: what stays behind, whatever the container.
    """

    infotext: str | None
    translated: str | None
    texts: tuple[Entry, ...] = ()
    notes: tuple[str, ...] = ()


def take(path: str | Path) -> Carried:
    """What a file says of its making.

    Raises:
        MetadataError: it cannot be read, or says nothing.
    """
    described = describe(path)
    found, made = described.metadata, described.generation
    texts = tuple(_texts(found, made))
    translated = None if made is None else made.infotext
    if found.parameters is None and translated is None and not texts:
        raise MetadataError(f"{path} says nothing of how it was made; there is nothing to carry over")
    notes = []
    if found.record is not None:
        notes.append("the record of Mezzotint stays behind: it vouches for the pixels of the first file")
    notes += [f"{name} stays behind" for key, name in _LEFT.items() if found.find(key) is not None]
    return Carried(found.parameters, translated, texts, tuple(notes))


_LEFT = {XMP: "the XMP packet", C2PA: "the content credentials"}


def _texts(found: Metadata, made: Generation | None) -> list[Entry]:
    """The texts besides the infotext that stripping would remove, under the names that PNG files have."""
    how = Strip(made)
    texts = []
    for entry in found.entries:
        label, colon, graph = entry.text.partition(":")
        if entry.keyword.startswith("exif:"):
            if colon and label.lower() in _GRAPHS:
                texts.append(Entry(label.lower(), graph))
        elif entry.keyword not in _BLOCKS and how.text(entry.keyword):
            texts.append(entry)
    return texts


def put(data: bytes, carried: Carried) -> tuple[bytes, tuple[str, ...]]:
    """A picture file with what was carried, and notes on what it cannot hold.

    Only PNG holds texts besides the infotext. Where there is no infotext the translated one takes its place.

    Raises:
        MetadataError: the file is damaged, of another kind, or cannot hold the infotext.
    """
    is_png = data.startswith(PNG)
    if is_png and carried.texts:
        with_text = data if carried.infotext is None else edited(data, carried.infotext)
        return _with_texts(with_text, carried.texts), carried.notes
    notes = list(carried.notes)
    if carried.texts:
        names = ", ".join(dict.fromkeys(entry.keyword for entry in carried.texts))
        notes.append(f"only PNG can hold these texts, they stay behind: {names}")
    text = carried.translated if carried.infotext is None else carried.infotext
    if text is None:
        raise MetadataError("only PNG can hold what the first file says; choose a PNG file")
    if carried.infotext is None:
        notes.append("the infotext is a translation into A1111's words")
    return edited(data, text), tuple(notes)


def _with_texts(data: bytes, texts: tuple[Entry, ...]) -> bytes:
    """The texts behind the infotext, or behind the header."""
    at = HEAD
    for part in split_png(data):
        if part.kind in TEXT_TYPES and keyword_of(data[part.start : part.end]) == PARAMETERS:
            at = part.end
            break
    return data[:at] + b"".join(text_chunk(entry.keyword, entry.text) for entry in texts) + data[at:]


def copied(source: str | Path, target: str | Path) -> tuple[bytes, tuple[str, ...]]:
    """The file ``target`` with the metadata of ``source`` instead of its own, and notes.

    Raises:
        MetadataError: a file cannot be read, is damaged or of another kind, or has nothing to copy.
    """
    carried = take(source)
    found = describe(target)
    try:
        bare = strip(load(Path(target)), Strip(found.generation))
        data, notes = put(bare, carried)
    except MetadataError as error:
        raise MetadataError(f"{target}: {error}") from error
    return data, notes
