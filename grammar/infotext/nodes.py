"""The frame of an infotext as a tree: where its prompts, its settings and everything between them stand.

The tree is lossless: :func:`mezzotint.grammar.infotext.display.to_source` gives back the text it was read
from, whatever its spacing, its line ends and the fields in it.
"""

from dataclasses import dataclass
from typing import TypeAlias

from mezzotint.grammar.infotext.record import Setting
from mezzotint.grammar.nodes import Node, Word
from mezzotint.grammar.span import Span


@dataclass(frozen=True, slots=True)
class Line(Node):
    """One line of a prompt and the blank lines behind it.

    ``label`` is ``Negative prompt:`` and the space behind it, or empty; ``text`` is what belongs to the
    prompt; ``end`` is the white space, line breaks and all, up to what follows.
    """

    label: str
    text: str
    end: str

    @property
    def text_span(self) -> Span:
        """Where ``text`` stands."""
        start = self.span.start + len(self.label)
        return Span(start, start + len(self.text))


@dataclass(frozen=True, slots=True)
class Section(Node):
    """The prompt or the negative prompt."""

    lines: tuple[Line, ...]


class Separator(Word):
    """The comma between two settings, and spaces around them."""

    __slots__ = ()


class Junk(Word):
    """What stands among the settings, is none and is passed over: an error node."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Settings(Node):
    """The settings line."""

    parts: "tuple[Setting | Separator | Junk, ...]"

    @property
    def items(self) -> tuple[Setting, ...]:
        """The settings alone, in the order of the text, duplicates included."""
        return tuple(part for part in self.parts if isinstance(part, Setting))


@dataclass(frozen=True, slots=True)
class Frame(Node):
    """A whole infotext; ``margin`` and ``end`` are the white space around it."""

    margin: str
    prompt: Section
    negative: Section | None
    settings: Settings | None
    end: str


FrameNode: TypeAlias = Frame | Section | Line | Settings | Setting | Separator | Junk
