"""Where the characters of a text stood before it was read out of a larger one."""

from bisect import bisect_right
from dataclasses import dataclass

from mezzotint.grammar.span import Span


@dataclass(frozen=True, slots=True)
class TextMap:
    """From offsets in a text to offsets in the one it was read from.

    They differ because spaces were stripped, or quotes were undone. ``starts`` are the offsets in the text
    at which a piece begins that was copied unchanged; ``sources`` are those of the same pieces in the source.
    """

    starts: tuple[int, ...] = ()
    sources: tuple[int, ...] = ()
    end: int = 0

    def offset(self, at: int) -> int:
        """Where the character at offset ``at`` of the text stands in the source."""
        piece = bisect_right(self.starts, at) - 1
        if piece < 0:
            return self.end
        following = self.sources[piece + 1] if piece + 1 < len(self.sources) else self.end
        return min(self.sources[piece] + at - self.starts[piece], following)

    def span(self, span: Span) -> Span:
        """The range of the source that a range of the text was read from."""
        start = self.offset(span.start)
        return Span(start, self.offset(span.end - 1) + 1 if span.end > span.start else start)
