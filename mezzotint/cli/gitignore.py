"""What git ignores below a folder.

Source: gitignore(5): of all patterns that match a path, in the order of the files and of their lines, the
last one decides; a file further down goes behind those above it.
"""

import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

_NAME = ".gitignore"


class Line(NamedTuple):
    """A pattern, compared with paths from the folder that it is written for."""

    pattern: re.Pattern[str]
    is_kept: bool  # the pattern began with "!"
    is_folder: bool  # it ended with "/"


class Ignored(NamedTuple):
    """What is ignored below a folder: its own lines, and what the folders above say."""

    folder: str
    lines: tuple[Line, ...]
    above: "Ignored | None" = None

    def holds(self, path: str, *, is_folder: bool) -> bool:
        """Whether a file or a folder is ignored, whatever the folders between are."""
        place: Ignored | None = self
        while place is not None:
            below = os.path.relpath(path, place.folder).replace(os.sep, "/") if place.lines else ""
            for line in reversed(place.lines):
                if (is_folder or not line.is_folder) and line.pattern.fullmatch(below):
                    return not line.is_kept
            place = place.above
        return False

    def inside(self, folder: str) -> "Ignored":
        """The same with what a folder below adds."""
        lines = _lines(str(Path(folder, _NAME)))
        return Ignored(folder, lines, self) if lines else self


def ignored_in(folder: str) -> Ignored:
    """What is ignored in a folder; the files of its repository above it count, too."""
    path = Path(folder).absolute()
    found = Ignored(str(path), ())
    for place in _places(path):
        if _is_repository(place):
            found = Ignored(str(place), _lines(str(place / ".git" / "info" / "exclude")))
        found = found.inside(str(place))
    return found


def _places(path: Path) -> Iterator[Path]:
    """The folders from the top of the repository down to one; outside of repositories that one alone."""
    above = [path, *path.parents]
    tops = [at for at, place in enumerate(above) if _is_repository(place)]
    yield from reversed(above[: tops[0] + 1 if tops else 1])


def _is_repository(folder: Path) -> bool:
    return os.path.exists(folder / ".git")  # noqa: PTH110 - False of a folder that cannot be looked into


def forget_ignored() -> None:
    """Have the files read again."""
    _lines.cache_clear()


@cache
def _lines(file: str) -> tuple[Line, ...]:
    try:
        text = Path(file).read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return ()
    return tuple(line for line in map(_line, text.splitlines()) if line)


def _line(text: str) -> Line | None:
    text = re.sub(r"(?<!\\) +$", "", text)
    if not text or text.startswith("#"):
        return None
    is_kept, is_folder = text.startswith("!"), text.endswith("/")
    text = text.removeprefix("!").rstrip("/")
    is_anywhere = "/" not in text
    try:
        body = _expression(text.removeprefix("/"))
        return Line(re.compile(("(?:.*/)?" if is_anywhere else "") + body, re.DOTALL), is_kept, is_folder)
    except re.error:
        return None  # such as a range that ends before it begins: git has it match nothing


_PIECE = re.compile(
    r"(?P<start>^\*\*/)|(?P<end>/\*\*$)|(?P<middle>/\*\*/)|(?P<stars>\*+)|(?P<one>\?)"
    r"|\[(?P<negated>[!^]?)(?P<set>\]?(?:\\.|[^\]\\])*)\]|\\(?P<escaped>.)|(?P<plain>.)",
    re.DOTALL,
)
_FIXED = {
    "start": "(?:.*/)?",
    "end": "/.*",
    "middle": "/(?:.*/)?",
    "stars": "[^/]*",
    "one": "[^/]",
}


def _expression(glob: str) -> str:
    parts = []
    for piece in _PIECE.finditer(glob):
        kind = piece.lastgroup or ""
        if kind in _FIXED:
            parts.append(_FIXED[kind])
        elif kind == "set":
            inner = re.sub(r"\\(.)|([^-])", lambda one: re.escape(one[1] or one[2]), piece["set"])
            parts.append(f"(?!/)[{'^' * bool(piece['negated'])}{inner}]")
        else:
            parts.append(re.escape(piece[kind]))
    return "".join(parts)
