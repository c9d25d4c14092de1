"""A file with prompts in it, and the proof that only those were rewritten."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from mezzotint.grammar.errors import MezzotintError
from mezzotint.grammar.hosts.differences import differences
from mezzotint.grammar.span import Span
from mezzotint.grammar.text_map import TextMap

Path: TypeAlias = tuple[str, ...]
Edit: TypeAlias = tuple[Span, str]
_NOT_LINE_END = re.compile(r"[^\n]")
_Edits: TypeAlias = dict[int, tuple[Edit, ...]]
_Tries: TypeAlias = Mapping[int, Sequence[tuple[Edit, ...]]]


class HostError(MezzotintError):
    """A file is not what its name says."""


class Spelling(NamedTuple):
    """How a literal spells a text; both functions give ``None`` for what cannot stand there.

    Attributes:
        piece: a part of the text as it is spelled between others.
        whole: the literal, with its quotes, that stands for a text.
    """

    piece: Callable[[str], str | None]
    whole: Callable[[str], str | None]


class Literal(NamedTuple):
    """How a text stands in a file: where, quotes included, where its characters, and in what spelling."""

    span: Span
    map: TextMap
    spelling: Spelling


class Leaf(NamedTuple):
    """Anything that a file says.

    Attributes:
        path: keys and indices that lead there.
        value: the text, or how anything else is written.
        literal: how the text stands there; ``None`` for what is no text.
    """

    path: Path
    value: str
    literal: Literal | None = None

    @property
    def said(self) -> tuple[Path, bool, str]:
        """What it says, however that is spelled."""
        return self.path, self.literal is None, self.value


class Passage(NamedTuple):
    """A prompt in a file, as it is read; ``number`` is the place of its leaf."""

    text: str
    literal: Literal
    negative: bool = False
    number: int = 0

    @property
    def map(self) -> TextMap:
        """Where its characters stand."""
        return self.literal.map

    def spell(self, new: str) -> str | None:
        """How a replacement is spelled in the file; ``None`` if it cannot stand there."""
        return self.literal.spelling.piece(new)

    def candidates(self, new: str) -> list[tuple[Edit, ...]]:
        """Edits of the file that may make the prompt another: of what differs, or of the whole literal."""
        found: list[tuple[Edit, ...]] = []
        changes = differences(self.text, new)
        pieces = [(self.map.span(span), self.spell(text)) for span, text in changes]
        if not any(self.map.divides(span) for span, _ in changes):
            spelled = tuple((span, text) for span, text in pieces if text is not None)
            found += [spelled] if len(spelled) == len(pieces) else []
        whole = self.literal.spelling.whole(new)
        return found if whole is None else [*found, ((self.literal.span, whole),)]


class Rewritten(NamedTuple):
    """A file with prompts replaced, and those that could not be."""

    text: str
    refused: tuple[Passage, ...] = ()


class Host(NamedTuple):
    """A file with prompts in it.

    Attributes:
        source: the file.
        leaves: all that it says, in its order.
        passages: the prompts among them.
        read: how the leaves of such a file are found.
    """

    source: str
    leaves: Sequence[Leaf]
    passages: Sequence[Passage]
    read: Callable[[str], Sequence[Leaf]]

    def rewritten(self, changes: Mapping[int, str]) -> Rewritten:
        """The file with other prompts in it, and all else as it was, byte for byte.

        Proven: the result is read again, and must say the new prompts in their places and the same of
        everything else. What cannot be spelled so stays as it is.

        Args:
            changes: the new text of a passage, by its ``number``.
        """
        wanted = [one for one in self.passages if changes.get(one.number, one.text) != one.text]
        tries = {one.number: one.candidates(changes[one.number]) for one in wanted}
        edits = self._accepted([index for index, found in tries.items() if found], tries, changes)
        return Rewritten(self._apply(edits), tuple(one for one in wanted if one.number not in edits))

    def surroundings(self) -> str:
        """The file with ``_`` in the place of each text, so that what is left is found where it stands."""
        parts, at = [], 0
        for span in sorted(leaf.literal.span for leaf in self.leaves if leaf.literal):
            inside = self.source[max(at, span.start) : span.end]
            parts += [self.source[at : span.start], _NOT_LINE_END.sub("_", inside)]
            at = max(at, span.end)
        return "".join([*parts, self.source[at:]])

    def _accepted(self, asked: Sequence[int], tries: _Tries, changes: Mapping[int, str]) -> _Edits:
        """The edits that prove right: all at once, else those of each half, which keep to themselves."""
        if not asked:
            return {}
        for attempt in range(max(len(tries[one]) for one in asked)):
            edits = {one: tries[one][min(attempt, len(tries[one]) - 1)] for one in asked}
            if self._is_proven(edits, changes):
                return edits
        if len(asked) == 1:
            return {}
        half = len(asked) // 2
        halves = [self._accepted(part, tries, changes) for part in (asked[:half], asked[half:])]
        both = halves[0] | halves[1]
        return both if self._is_proven(both, changes) else halves[0]

    def _is_proven(self, edits: _Edits, changes: Mapping[int, str]) -> bool:
        try:
            leaves = self.read(self._apply(edits))
        except MezzotintError:
            return False
        said = [leaf.said for leaf in self.leaves]
        for index in edits:
            said[index] = (self.leaves[index].path, False, changes[index])
        return said == [leaf.said for leaf in leaves]

    def _apply(self, edits: _Edits) -> str:
        parts, at = [], 0
        for span, text in sorted(edit for group in edits.values() for edit in group):
            parts += [self.source[at : span.start], text]
            at = span.end
        return "".join([*parts, self.source[at:]])


def whole_piece(text: str, start: int, end: int) -> TextMap:
    """The map of a text of which no more is known than where it stands."""
    return TextMap((0, len(text)), (start, end), end, (end, end))


def as_it_is(text: str) -> str | None:
    """A spelling without signs of its own."""
    return text


def in_a_line(text: str) -> str | None:
    """The same for what stands on one line."""
    return None if "\n" in text or "\r" in text else text


def never(_: str) -> str | None:
    """A spelling that is not known well enough to write."""
    return None


UNKNOWN = Spelling(never, never)
