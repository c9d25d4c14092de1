"""Where a piece of source text stands."""

from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of code points: ``source[start:end]``."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start

    def shift(self, by: int) -> "Span":
        """The same range in a text that begins ``by`` code points earlier."""
        return Span(self.start + by, self.end + by)

    def cover(self, other: "Span") -> "Span":
        """The smallest range that holds both."""
        return Span(min(self.start, other.start), max(self.end, other.end))


_SHORT = 2000
"""Characters below which lines are counted anew for each offset."""


def line_column(source: str, offset: int) -> tuple[int, int]:
    """Line and column of an offset, both counted from 1, columns in code points."""
    if len(source) < _SHORT:
        return source.count("\n", 0, offset) + 1, offset - source.rfind("\n", 0, offset)
    from bisect import bisect_right  # a check of a small file should not wait for it

    starts = line_starts(source)
    line = bisect_right(starts, offset)
    return line, offset - starts[line - 1] + 1


@lru_cache(maxsize=4)  # findings come text by text, and a list has thousands
def line_starts(source: str) -> tuple[int, ...]:
    """The offsets at which lines begin, in ascending order; the first is 0."""
    starts = [0]
    while (end := source.find("\n", starts[-1])) >= 0:
        starts.append(end + 1)
    return tuple(starts)
