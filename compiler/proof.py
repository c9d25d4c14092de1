"""Many changes proven with few comparisons: all at once, and where that fails, by halves."""

from collections import deque
from collections.abc import Callable, Sequence
from typing import TypeVar

_T = TypeVar("_T")


class Budget:
    """Characters that may still be compiled for proofs, so that no text is compared for minutes."""

    def __init__(self, left: int) -> None:
        self.left = left

    def take(self, characters: int) -> bool:
        """Whether there were so many left."""
        self.left -= characters
        return self.left >= 0


def accepted(
    found: Sequence[_T], is_same: Callable[[Sequence[_T]], bool], before: Sequence[_T] = ()
) -> list[_T]:
    """The changes that keep what is compared, together: of n with k that do not, about k log n comparisons.

    Large parts go first, so that much is accepted before a budget is spent.

    Args:
        found: changes that do not touch each other, nor those of ``before``; like beside like, as parts of a
            kind stand or fall together.
        is_same: whether these changes, made together, keep what is compared.
        before: changes that do.

    Returns:
        Those of ``before``, and as many of ``found`` as can be made with them.
    """
    kept = list(before)
    waiting = deque([list(found)])
    while waiting:
        part = waiting.popleft()
        if is_same([*kept, *part]):
            kept += part
        elif len(part) > 1:
            half = len(part) // 2
            waiting += [part[:half], part[half:]]
    return kept
