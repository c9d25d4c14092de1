"""Ranges of a text that something else has been read from."""

from bisect import bisect_right
from collections.abc import Sequence


def is_covered(ranges: Sequence[tuple[int, int]], offset: int) -> bool:
    """Whether an offset is in one of the ranges, which are half-open, disjoint and in ascending order."""
    at = bisect_right(ranges, (offset, 1 << 62)) - 1
    return at >= 0 and offset < ranges[at][1]
