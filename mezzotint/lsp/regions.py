"""Where the prompts of a document stand: in a text, in a style sheet, in a program."""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from mezzotint.grammar.diagnostics import Fix
from mezzotint.grammar.document import Document
from mezzotint.grammar.lexer import NEGATIVE, POSITIVE, Language
from mezzotint.grammar.span import Span
from mezzotint.grammar.styles.styles import read_styles
from mezzotint.grammar.text_map import TextMap

_LITERAL = "\",\\'\r\n{}"  # what may mean something to a CSV file or a string literal


class Kind(StrEnum):
    """How a document holds prompts."""

    PROMPT = "prompt"  # it is one, or an infotext
    LINES = "lines"  # each of them is one
    STYLES = "styles"
    PYTHON = "python"


def kind_of(uri: str, language: str) -> Kind:
    """The kind of a document by its language, or else by its name's end."""
    name = uri.lower().partition("?")[0]
    if language == "python" or name.endswith((".py", ".pyi")):
        return Kind.PYTHON
    return Kind.STYLES if language == "csv" or name.endswith(".csv") else Kind.PROMPT


def as_it_is(text: str) -> str | None:
    """Replacements that need no quoting."""
    return text


def if_harmless(text: str) -> str | None:
    """Replacements where quotes, commas and backslashes mean something: those without any."""
    return None if set(text) & set(_LITERAL) else text


@dataclass(frozen=True, slots=True)
class Region:
    """A prompt in a document.

    Attributes:
        text: as the prompt language reads it.
        map: where its characters stand.
        negative: whether it is a negative prompt.
        name: what it is called, for outlines.
        spell: how a replacement is spelled in the document; ``None`` if it cannot stand there.
    """

    text: str
    map: TextMap
    negative: bool
    name: str
    spell: Callable[[str], str | None] = as_it_is

    @property
    def language(self) -> Language:
        """The language that its tree is read in."""
        return NEGATIVE if self.negative else POSITIVE

    def inner(self, offset: int) -> int | None:
        """The offset in the text of a place in the document; ``None`` where none of it stands."""
        piece = bisect_right(self.map.sources, offset) - 1
        if piece < 0:
            return None
        following = self.map.starts[piece + 1] if piece + 1 < len(self.map.starts) else len(self.text)
        at = self.map.starts[piece] + offset - self.map.sources[piece]
        return at if at <= following else None

    def fix(self, fix: Fix, source: str) -> Fix | None:
        """A fix of the text as one of the document, if the text stands there as it is read."""
        edits = []
        for span, new in fix.edits:
            there, spelled = self.map.span(span), self.spell(new)
            if spelled is None or source[there.start : there.end] != self.text[span.start : span.end]:
                return None
            edits.append((there, spelled))
        return Fix(tuple(edits), fix.is_safe, fix.title)

    def whole(self, source: str) -> Span | None:
        """Where the text stands, if it stands there in one piece, as it is read."""
        span = self.map.span(Span(0, len(self.text)))
        return span if source[span.start : span.end] == self.text else None


def straight(text: str, start: int = 0) -> TextMap:
    """The map of a text that stands somewhere as it is."""
    return TextMap((0,), (start,), start + len(text))


def document_regions(document: Document) -> list[Region]:
    """The prompts of a document that is one, or an infotext."""
    infotext = document.infotext
    if infotext is None:
        return [Region(document.prompt, straight(document.prompt), False, "prompt")]
    return [
        Region(text, places, negative, name)
        for text, places, negative, name in (
            (infotext.prompt, infotext.prompt_map, False, "prompt"),
            (infotext.negative_prompt, infotext.negative_map, True, "negative prompt"),
        )
        if text
    ]


def line_regions(source: str) -> list[Region]:
    """The lines of a text that are not blank."""
    found = []
    start = 0
    for number, line in enumerate(source.split("\n"), 1):
        if text := line.rstrip("\r"):
            found.append(Region(text, straight(text, start), False, f"line {number}"))
        start += len(line) + 1
    return [region for region in found if region.text.strip()]


def style_regions(source: str) -> list[Region]:
    """The prompts of a style sheet.

    Raises:
        StyleSheetError: the text is no style sheet.
    """
    return [
        Region(text, places, negative, f"{style.name}: {what}", if_harmless)
        for style in read_styles(source)
        for text, places, negative, what in (
            (style.prompt, style.prompt_map, False, "prompt"),
            (style.negative_prompt, style.negative_map, True, "negative prompt"),
        )
        if text
    ]
