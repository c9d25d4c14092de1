"""Where the prompts of a document stand: in a text, in a style sheet, in a program."""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from mezzotint.grammar.diagnostics import Fix
from mezzotint.grammar.document import Dialect, Document, read_document
from mezzotint.grammar.lexer import NEGATIVE, POSITIVE, Language
from mezzotint.grammar.span import Span
from mezzotint.grammar.text_map import MapBuilder, TextMap

_LITERAL = "\"\\'\r\n{}"  # what may mean something to a string literal


class Kind(StrEnum):
    """How a document holds prompts."""

    PROMPT = "prompt"  # it is one, or an infotext; or a list or a table of them, as its name and settings say
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
    """Replacements where quotes, backslashes and line ends mean something: those without any."""
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
        places = self.map
        piece = bisect_right(places.sources, offset) - 1
        if piece < 0:
            return None
        following = places.starts[piece + 1] if piece + 1 < len(places.starts) else len(self.text)
        at = places.starts[piece] + offset - places.sources[piece]
        if places.ends and offset < places.ends[piece]:
            return min(at, max(following - 1, places.starts[piece]))
        return at if at <= following else None

    def fix(self, fix: Fix) -> Fix | None:
        """A fix of the text as one of the document, if it is known how it is spelled there."""
        edits = []
        for span, new in fix.edits:
            spelled = self.spell(new)
            if spelled is None or self.map.divides(span):
                return None
            edits.append((self.map.span(span), spelled))
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


def inner_regions(passage: Region, dialect: Dialect) -> list[Region]:
    """The prompts in a text that may be an infotext itself, or have Midjourney's flags behind it."""
    if passage.negative:
        return [passage]
    document = read_document(passage.text, dialect)
    if document.infotext is None:
        return [replace(passage, text=document.prompt)]
    return [
        replace(one, map=_through(one, passage.map), name=f"{passage.name}: {one.name}", spell=passage.spell)
        for one in document_regions(document)
    ]


def _through(region: Region, places: TextMap) -> TextMap:
    """Where the characters of a region stand in the file that its document stands in."""
    builder = MapBuilder()
    for at in range(len(region.text)):
        there = places.span(region.map.span(Span(at, at + 1)))
        if len(there) == 1:
            builder.copied(there.start, 1)
        else:
            builder.spelled(there.start, there.end)
    return builder.build(places.offset(region.map.end))
