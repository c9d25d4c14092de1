"""What is read from a file, and the limits that keep a hostile one from hurting."""

from dataclasses import dataclass
from enum import StrEnum

from mezzotint.grammar.errors import MezzotintError

# Real texts stay below a few MiB (ComfyUI's graphs are the largest); more is an attack or an accident.
MAX_TEXT = 8 << 20  # bytes of one text, stored or decompressed
MAX_TOTAL = 32 << 20  # bytes of all texts of a file together
MAX_PARTS = 1 << 18  # chunks or segments: a gigabyte in pieces of 4 KiB, where 8 are usual
MAX_TEXTS = 10_000  # texts of a file
MAX_FINDINGS = 100  # about a file


class MetadataError(MezzotintError):
    """A file cannot be read or written; the text names the file and the remedy."""


# Names of entries that are no keywords of a PNG.
XMP = "XML:com.adobe.xmp"  # as PNG has it
C2PA = "c2pa"
COMMENT = "comment"


class Place(StrEnum):
    """Where an infotext stood."""

    KEYWORD = "parameters"
    USER_COMMENT = "EXIF UserComment"
    COMMENT = "comment"
    FILE = "text file"
    SIDE_FILE = "side file"
    PIXELS = "pixels"


@dataclass(frozen=True, slots=True)
class Entry:
    """One text of a file: ``parameters`` and the infotext, for example."""

    keyword: str
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with a file that did not keep it from being read; ``kind`` is stable."""

    kind: str
    message: str


def add_finding(findings: list[Finding], kind: str, message: str) -> None:
    """Note a finding, once; what a file of a million broken parts has to say, a few of them say."""
    finding = Finding(kind, message)
    if len(findings) < MAX_FINDINGS and finding not in findings:
        findings.append(finding)


@dataclass(frozen=True, slots=True)
class Metadata:
    """The texts of one file.

    ``parameters`` is what A1111 would take for the infotext and ``record`` what Mezzotint itself wrote; None
    when the file has none. ``place`` says where the former stood. ``entries`` are all other texts in the
    order of the file, as strangers wrote them: whoever prints them must pass them through
    :func:`mezzotint.grammar.diagnostics.printable`. ``size`` is width and height in pixels and ``has_alpha``
    whether pixels can be transparent, as far as a header says so.
    """

    container: str
    parameters: str | None = None
    record: dict[str, object] | None = None
    entries: tuple[Entry, ...] = ()
    findings: tuple[Finding, ...] = ()
    place: Place | None = None
    size: tuple[int, int] | None = None
    has_alpha: bool = False

    def find(self, keyword: str) -> str | None:
        """The last text called ``keyword``, apart from the one that became ``parameters``."""
        for entry in reversed(self.entries):
            if entry.keyword == keyword:
                return entry.text
        return None
