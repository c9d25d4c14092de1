"""Where the characters of a text stood before it was read out of a larger one."""

from bisect import bisect_right
from dataclasses import dataclass

from mezzotint.grammar.span import Span


@dataclass(frozen=True, slots=True)
class TextMap:
    """From offsets in a text to offsets in the one it was read from.

    They differ because spaces were stripped, or quotes and escapes were undone. ``starts`` are the offsets in
    the text at which a piece begins; ``sources`` are those of the same pieces in the source. A piece was
    copied unchanged, unless ``ends``, which are those of the pieces in the source, say that it is longer or
    shorter there: such a piece is one character, spelled with others, or is known as a whole only.
    """

    starts: tuple[int, ...] = ()
    sources: tuple[int, ...] = ()
    end: int = 0
    ends: tuple[int, ...] = ()

    def offset(self, at: int) -> int:
        """Where the character at offset ``at`` of the text stands in the source."""
        piece = bisect_right(self.starts, at) - 1
        if piece < 0:
            return self.end
        if self._is_spelled(piece):
            return self.sources[piece]
        following = self.sources[piece + 1] if piece + 1 < len(self.sources) else self.end
        return min(self.sources[piece] + at - self.starts[piece], following)

    def span(self, span: Span) -> Span:
        """The range of the source that a range of the text was read from."""
        start = self.offset(span.start)
        if span.end <= span.start:
            return Span(start, start)
        piece = bisect_right(self.starts, span.end - 1) - 1
        is_spelled = piece >= 0 and self._is_spelled(piece)
        return Span(start, self.ends[piece] if is_spelled else self.offset(span.end - 1) + 1)

    def divides(self, span: Span) -> bool:
        """Whether a range of the text begins or ends inside a piece that is known as a whole only."""
        return any(self._is_inside(at) for at in (span.start, span.end))

    def _is_inside(self, at: int) -> bool:
        piece = bisect_right(self.starts, at) - 1
        return piece >= 0 and at > self.starts[piece] and self._is_spelled(piece)

    def _is_spelled(self, piece: int) -> bool:
        if piece + 1 >= len(self.starts) or not self.ends:
            return False
        length = self.starts[piece + 1] - self.starts[piece]
        return self.ends[piece] - self.sources[piece] != length


class MapBuilder:
    """A map in the making: its pieces in the order of the text."""

    def __init__(self) -> None:
        self._pieces: list[tuple[int, int, int]] = []
        self.length = 0  # of the text so far

    def copied(self, source: int, length: int) -> None:
        """A piece that stands in the source as it is."""
        if not length:
            return
        if self._pieces:
            start, before, end = self._pieces[-1]
            if end == source and end - before == self.length - start:
                self._pieces[-1] = (start, before, end + length)
                self.length += length
                return
        self.spelled(source, source + length, length)

    def spelled(self, source: int, end: int, length: int = 1) -> None:
        """A piece that stands there otherwise."""
        self._pieces.append((self.length, source, end))
        self.length += length

    def build(self, end: int) -> TextMap:
        """The map; ``end`` is where something behind the text would stand."""
        starts, sources, ends = zip(*self._pieces, (self.length, end, end), strict=True)
        return TextMap(starts, sources, end, ends)
