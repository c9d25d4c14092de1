"""Taking what tells how a picture was made out of its file, without touching its pixels.

Source: the keywords that need not tell of it, from the PNG specification (third edition), section 11.3.3.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from mezzotint.runtime.metadata import jpeg, webp
from mezzotint.runtime.metadata.exif import HEADER as EXIF
from mezzotint.runtime.metadata.exif import TAG_NAMES, USER_COMMENT
from mezzotint.runtime.metadata.exif_edit import without_fields
from mezzotint.runtime.metadata.generation import Generation
from mezzotint.runtime.metadata.jpeg_edit import exif_of, exif_segment, split_jpeg
from mezzotint.runtime.metadata.png_chunks import SIGNATURE as PNG
from mezzotint.runtime.metadata.png_chunks import TEXT_TYPES, chunk
from mezzotint.runtime.metadata.png_edit import HEAD, keyword_of, split_png
from mezzotint.runtime.metadata.record import XMP, MetadataError
from mezzotint.runtime.metadata.tools import drawthings, midjourney
from mezzotint.runtime.metadata.tools.labels import NAMES as LABELS
from mezzotint.runtime.metadata.webp_edit import join_webp, own_end, split_webp

_LAWFUL = frozenset({"Author", "Copyright", "Creation Time", "Disclaimer", "Warning"})
# Anybody's words, unless the picture is one of a program that puts its own there.
_SHARED = frozenset({"Title", "Description", "Software", "Source", "Comment", "comment"})
_GRAPHS = (b"prompt:", b"workflow:", b"parameters:", b"{")  # in tags that are a camera's else
_MAKER = frozenset({0x010E, 0x0131, 0x010D, 0x927C})  # description, software, document name, maker note
_IN_XMP = (drawthings.NAME, midjourney.NAME)
_APP2, _APP11 = 0xE2, 0xEB
_ICC = b"ICC_PROFILE\0"
_HAS_ICC, _HAS_EXIF, _HAS_XMP = 0x20, 0x08, 0x04  # flags of WebP's first chunk


@dataclass(slots=True)
class Strip:
    """What goes, and a list of what went.

    Attributes:
        made: what the file says of its making; None when it says nothing.
        everything: texts, EXIF, XMP and content credentials go, whatever they say.
        keep_icc: the colour profile stays.
        removed, kept: names of the texts and blocks, in the order of the file.
    """

    made: Generation | None = None
    everything: bool = False
    keep_icc: bool = True
    removed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    def drops(self, name: str, *, is_dropped: bool) -> bool:
        """Note down whether a part goes."""
        (self.removed if is_dropped else self.kept).append(name)
        return is_dropped

    @property
    def is_recognised(self) -> bool:
        """Whether some program's texts are in the file, not only a label."""
        return self.made is not None and self.made.tool not in LABELS

    def text(self, keyword: str) -> bool:
        """Whether the text with this keyword goes."""
        if keyword == XMP:
            return self.xmp()
        is_dropped = keyword not in _LAWFUL and (keyword not in _SHARED or self.is_recognised)
        return self.drops(keyword, is_dropped=self.everything or is_dropped)

    def xmp(self) -> bool:
        """Whether the XMP packet goes: some programs write their settings there."""
        tells = self.made is not None and self.made.tool in _IN_XMP
        return self.drops("XMP", is_dropped=self.everything or tells)

    def credentials(self) -> bool:
        """Whether content credentials go: they tell who made the picture, not how."""
        return self.drops("content credentials", is_dropped=self.everything)

    def icc(self) -> bool:
        """Whether the colour profile goes."""
        return self.drops("colour profile", is_dropped=not self.keep_icc)

    def tag(self, tag: int, value: bytes) -> bool:
        """Whether a text of an EXIF block goes."""
        is_graph = value.lstrip().lower().startswith(_GRAPHS)
        is_dropped = tag == USER_COMMENT or is_graph or (tag in _MAKER and self.is_recognised)
        if is_dropped:
            self.removed.append(
                f"EXIF {TAG_NAMES.get(tag, 'UserComment' if tag == USER_COMMENT else hex(tag))}"
            )
        return is_dropped

    def exif(self, block: bytes) -> bytes | None:
        """What stays of an EXIF block."""
        if self.everything:
            self.removed.append("EXIF")
            return None
        left = without_fields(block, self.tag)
        if left is not None:
            self.kept.append("EXIF")
        return left


def strip(data: bytes, how: Strip) -> bytes:
    """The file without what ``how`` lets go; all other bytes stay, pixels above all.

    Raises:
        MetadataError: the file is of another kind, or damaged.
    """
    if data.startswith(PNG):
        return _strip_png(data, how)
    if data.startswith(jpeg.SIGNATURE):
        return _strip_jpeg(data, how)
    if webp.is_webp(data[: webp.HEADER]):
        return _strip_webp(data, how)
    raise MetadataError("only PNG, JPEG and WebP files can be changed; convert the picture first")


def _strip_png(data: bytes, how: Strip) -> bytes:
    pieces = [data[:HEAD]]
    for part in split_png(data):
        raw = data[part.start : part.end]
        if part.kind == b"eXIf":
            left = how.exif(raw[8:-4])
            raw = raw if left == raw[8:-4] else b"" if left is None else chunk(b"eXIf", left)
        elif _drops_chunk(part.kind, raw, how):
            raw = b""
        pieces.append(raw)
    return b"".join(pieces)


def _drops_chunk(kind: bytes, raw: bytes, how: Strip) -> bool:
    if kind in TEXT_TYPES or kind == b"comf":
        return how.text(keyword_of(raw))
    rule: Callable[[], bool] | None = {b"caBX": how.credentials, b"iCCP": how.icc}.get(kind)
    return rule is not None and rule()


def _strip_jpeg(data: bytes, how: Strip) -> bytes:
    pieces, end = [data[:2]], 2
    for part in split_jpeg(data):
        end = part.end
        raw = data[part.start : part.end]
        block = exif_of(data, part)
        if block is not None:
            left = how.exif(block)
            raw = raw if left == block else exif_segment(left)
        elif _drops_segment(part.marker, raw, how):
            raw = b""
        pieces.append(raw)
    return b"".join([*pieces, data[end:]])


def _drops_segment(marker: int, raw: bytes, how: Strip) -> bool:
    body = raw[4:]
    if marker == jpeg.COMMENT:
        return how.text("comment")
    if marker == jpeg.APP1 and body.startswith(jpeg.XMP_HEADERS):
        return how.xmp()
    if marker == _APP11 and body.startswith(b"JP"):
        return how.credentials()
    return marker == _APP2 and body.startswith(_ICC) and how.icc()


def _strip_webp(data: bytes, how: Strip) -> bytes:
    kept = list(_webp_chunks(split_webp(data), how))
    if kept and kept[0][0] == b"VP8X" and kept[0][1]:
        kinds = {kind for kind, _ in kept}
        flags = kept[0][1][0]
        for kind, flag in ((b"EXIF", _HAS_EXIF), (b"XMP ", _HAS_XMP), (b"ICCP", _HAS_ICC)):
            flags = flags if kind in kinds else flags & ~flag
        kept[0] = (b"VP8X", bytes([flags]) + kept[0][1][1:])
    return join_webp(kept) + data[own_end(data) :]


def _webp_chunks(chunks: Iterable[tuple[bytes, bytes]], how: Strip) -> Iterable[tuple[bytes, bytes]]:
    rules = {b"XMP ": how.xmp, b"C2PA": how.credentials, b"ICCP": how.icc}
    for kind, body in chunks:
        if kind == b"EXIF":
            left = how.exif(body.removeprefix(EXIF))
            if left is not None:
                yield kind, body[: len(EXIF)] + left if body.startswith(EXIF) else left
        elif kind not in rules or not rules[kind]():
            yield kind, body
