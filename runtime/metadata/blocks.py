"""The blocks that every container can hold: EXIF, XMP, C2PA and plain comments."""

from collections.abc import Callable
from dataclasses import dataclass, field

from mezzotint.runtime.metadata.c2pa import summarise
from mezzotint.runtime.metadata.exif import damage, decode_user_comment, find_texts, find_user_comment
from mezzotint.runtime.metadata.record import (
    C2PA,
    COMMENT,
    MAX_TEXTS,
    MAX_TOTAL,
    XMP,
    Entry,
    Finding,
    Metadata,
    Place,
    add_finding,
)

_UNDECODED = "\ufffd"


@dataclass(slots=True)
class Blocks:
    """What has been found so far in a file that is not PNG."""

    container: str
    exif: bytes | None = None
    xmp: bytes | None = None
    manifest: bytearray = field(default_factory=bytearray)
    comments: list[bytes] = field(default_factory=list)
    budget: int = MAX_TOTAL
    findings: list[Finding] = field(default_factory=list)
    size: tuple[int, int] | None = None
    has_alpha: bool = False

    def report(self, kind: str, message: str) -> None:
        """Note something wrong that did not keep the file from being read."""
        add_finding(self.findings, kind, message)

    def add_manifest(self, data: bytes) -> None:
        """A piece of a C2PA manifest; what is over the limit is dropped."""
        self.manifest += data[: max(0, MAX_TOTAL - len(self.manifest))]

    def add_comment(self, data: bytes) -> None:
        """A comment; what is over the limits is dropped."""
        if len(self.comments) == MAX_TEXTS:
            self.report("too-many", f"the file has more than {MAX_TEXTS} comments; the others were not read")
        elif len(data) > self.budget:
            self.report("too-large", "the comments together are over the limit; some were not read")
        else:
            self.budget -= len(data)
            self.comments.append(data)

    def metadata(self, *, like_reference: bool) -> Metadata:
        """As in the reference an EXIF block, where there is one, silences the comments."""
        comments = [Entry(COMMENT, comment.decode("utf-8", "ignore")) for comment in self.comments]
        parameters, place = "", Place.COMMENT
        if self.exif is not None:
            parameters = user_comment(self.exif, like_reference=like_reference, report=self.report) or ""
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


def user_comment(
    exif: bytes, *, like_reference: bool, report: Callable[[str, str], None] = lambda _kind, _message: None
) -> str | None:
    """The decoded user comment of an EXIF block; None when there is none or it is empty.

    ``report`` is told the kind of damage and a message about it.
    """
    raw = find_user_comment(exif)
    if raw is None and (problem := damage(exif)):
        report("malformed", problem)
    if not raw:
        return None
    text = decode_user_comment(raw, like_reference=like_reference)
    if _UNDECODED in text:
        report("bad-encoding", "the EXIF user comment is damaged: what could not be decoded shows as U+FFFD")
        if len(raw) % 2 and not like_reference:
            text = text.removesuffix(_UNDECODED)  # half of a UTF-16 letter
    return text or None


def block_entries(exif: bytes | None, xmp: bytes | None, manifest: bytes) -> list[Entry]:
    """The texts of the blocks, apart from the user comment."""
    found = [] if exif is None else find_texts(exif)
    if xmp is not None:
        found.append(Entry(XMP, xmp.decode("utf-8", "replace")))
    if manifest:
        found.append(Entry(C2PA, summarise(manifest)))
    return found
