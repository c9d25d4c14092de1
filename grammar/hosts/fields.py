"""Paths that say where prompts stand in a file: ``images.*.prompt``, ``**.caption``."""

from collections.abc import Sequence
from fnmatch import fnmatchcase

from mezzotint.grammar.hosts.host import Leaf, Passage, Path

FIELDS = ("**.prompt", "**.negative_prompt")
"""Those that are read where no others are named."""
_NEGATIVE = "negative"  # in the name of a field, says what its text is
_DEEP = "**"


def choose(leaves: Sequence[Leaf], fields: Sequence[str] = ()) -> list[Passage]:
    """The texts at the named paths; ``*`` is any key or index, ``**`` any number of them."""
    wanted = [field.split(".") for field in fields or FIELDS]
    return [
        Passage(leaf.value, leaf.literal, _is_negative(leaf.path), index)
        for index, leaf in enumerate(leaves)
        if leaf.literal is not None and any(_fits(leaf.path, field) for field in wanted)
    ]


def _is_negative(path: Path) -> bool:
    return _NEGATIVE in path[-1].casefold() if path else False


def _fits(path: Path, field: Sequence[str]) -> bool:
    if not field:
        return not path
    if field[0] == _DEEP:
        rest = field[1:]
        last = len(path) - len(rest) + sum(name == _DEEP for name in rest)  # which may stand for nothing
        first = 0 if _DEEP in rest else max(0, last)
        return any(_fits(path[at:], rest) for at in range(first, last + 1))
    return bool(path) and fnmatchcase(path[0], field[0]) and _fits(path[1:], field[1:])
