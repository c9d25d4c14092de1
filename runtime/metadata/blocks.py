"""The blocks that every container can hold: EXIF, XMP, C2PA and plain comments."""

from dataclasses import dataclass, field

from mezzotint.runtime.metadata.c2pa import summarise
from mezzotint.runtime.metadata.exif import decode_user_comment, find_texts, find_user_comment
from mezzotint.runtime.metadata.record import C2PA, COMMENT, MAX_TOTAL, XMP, Entry, Finding, Metadata, Place


@dataclass(slots=True)
class Blocks:
    """What has been found so far in a file that is not PNG."""

    container: str
    exif: bytes | None = None
    xmp: bytes | None = None
    manifest: bytearray = field(default_factory=bytearray)
    comments: list[bytes] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    size: tuple[int, int] | None = None
    has_alpha: bool = False

    def report(self, kind: str, message: str) -> None:
        """Note something wrong that did not keep the file from being read."""
        self.findings.append(Finding(kind, message))

    def add_manifest(self, data: bytes) -> None:
        """A piece of a C2PA manifest; what is over the limit is dropped."""
        self.manifest += data[: max(0, MAX_TOTAL - len(self.manifest))]

    def metadata(self, *, like_reference: bool) -> Metadata:
        """As in the reference an EXIF block, where there is one, silences the comments."""
        comments = [Entry(COMMENT, comment.decode("utf-8", "ignore")) for comment in self.comments]
        parameters, place = "", Place.COMMENT
        if self.exif is not None:
            parameters = user_comment(self.exif, like_reference=like_reference) or ""
            place = Place.USER_COMMENT
        elif comments:
            parameters = comments[-1].text
        entries = (*comments, *block_entries(self.exif, self.xmp, bytes(self.manifest)))
        return Metadata(
            self.container,
            parameters or None,
            entries=entries,
            findings=tuple(self.findings),
            place=place if parameters else None,
            size=self.size,
            has_alpha=self.has_alpha,
        )


def user_comment(exif: bytes, *, like_reference: bool) -> str | None:
    """The decoded user comment of an EXIF block; None when there is none or it is empty."""
    raw = find_user_comment(exif)
    return (decode_user_comment(raw, like_reference=like_reference) or None) if raw else None


def block_entries(exif: bytes | None, xmp: bytes | None, manifest: bytes) -> list[Entry]:
    """The texts of the blocks, apart from the user comment."""
    found = [] if exif is None else find_texts(exif)
    if xmp is not None:
        found.append(Entry(XMP, xmp.decode("utf-8", "replace")))
    if manifest:
        found.append(Entry(C2PA, summarise(manifest)))
    return found
