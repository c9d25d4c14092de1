"""The trees of a style sheet and of a style's text; both are lossless."""

from dataclasses import dataclass
from typing import TypeAlias

from mezzotint.grammar.nodes import Node, Word
from mezzotint.grammar.span import Span
from mezzotint.grammar.text_map import MapBuilder, TextMap


class Space(Word):
    """Spaces before a cell, which do not belong to it."""

    __slots__ = ()


class Quote(Word):
    """The mark before or behind a quoted cell."""

    __slots__ = ()


class Characters(Word):
    """Characters of a cell; behind a closing quote they belong to it, too."""

    __slots__ = ()


class Doubled(Word):
    """Two quotes that stand for one."""

    __slots__ = ()


CellPart: TypeAlias = Space | Quote | Characters | Doubled


@dataclass(frozen=True, slots=True)
class Cell(Node):
    """What stands between two commas."""

    parts: tuple[CellPart, ...]

    @property
    def value(self) -> str:
        """The text that the cell holds."""
        return "".join(_held(part) for part in self.parts)

    @property
    def map(self) -> TextMap:
        """Where the characters of ``value`` stand in the sheet."""
        places, end = MapBuilder(), self.span.end
        for part in self.parts:
            if isinstance(part, Doubled):
                places.spelled(part.span.start, part.span.end)
            elif held := _held(part):
                places.copied(part.span.start, len(held))
            if not isinstance(part, Space):
                end = part.span.end
        if self.parts and isinstance(self.parts[-1], Quote):
            end = self.parts[-1].span.start
        return places.build(end)

    @property
    def content_span(self) -> Span:
        """Where the cell stands, quotes included, without the spaces before it."""
        start = self.parts[0].span.end if self.parts and isinstance(self.parts[0], Space) else self.span.start
        return Span(start, self.span.end)


def _held(part: CellPart) -> str:
    match part:
        case Characters():
            return part.value
        case Doubled():
            return part.value[:1]
        case _:
            return ""


@dataclass(frozen=True, slots=True)
class Row(Node):
    """Cells with commas between them; ``end`` is the line break behind, or nothing at the end of the text."""

    cells: tuple[Cell, ...]
    end: str


class Blank(Word):
    """A line without anything, which is no row."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Sheet(Node):
    """A whole file; ``mark`` is the byte order mark before it, or nothing."""

    mark: str
    rows: tuple[Row | Blank, ...]


SheetNode: TypeAlias = Sheet | Row | Blank | Cell | CellPart


class Prose(Word):
    """Prompt text beside a placeholder, or all of a style."""

    __slots__ = ()


class Placeholder(Word):
    """``{prompt}``: where a prompt goes in."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Addition(Node):
    """A style that is added behind the prompt."""

    text: Prose


@dataclass(frozen=True, slots=True)
class Wrapper(Node):
    """A style with placeholders; a text, which may be empty, stands on either side of each."""

    parts: tuple[Prose | Placeholder, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """What stands around the placeholders."""
        return tuple(part.value for part in self.parts if isinstance(part, Prose))


Template: TypeAlias = Addition | Wrapper
TemplateNode: TypeAlias = Template | Prose | Placeholder
