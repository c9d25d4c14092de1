"""Where a piece of source text stands."""

from dataclasses import dataclass


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


def line_column(source: str, offset: int) -> tuple[int, int]:
    """Line and column of an offset, both counted from 1, columns in code points."""
    start = source.rfind("\n", 0, offset) + 1
    return source.count("\n", 0, offset) + 1, offset - start + 1
