"""Comments that switch findings off: ``# mezzotint: ignore[MZ201]``.

The comment is one that A1111 strips, so it never reaches the model. Behind text ``ignore`` speaks of its own
line; on a line of its own, of the next line that is not such a comment. ``ignore-file`` speaks of the whole
text, ``disable`` of the lines from its own up to the one with ``enable``.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from mezzotint.compiler.lint.selection import ALL, matches
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.span import Span

MARK = "mezzotint:"
"""Without it in a text there are none, and this module need not be loaded."""
_COMMENT = re.compile(r"#[^\S\n]*mezzotint:[^\n]*")
_SAID = re.compile(
    r"#[^\S\n]*mezzotint:[^\S\n]*(?P<verb>ignore-file|ignore|disable|enable)(?![\w-])"
    r"(?:\[(?P<codes>[^\]\n]*)\])?"
)
_CODE = re.compile(r"[^,]+")
_END = 1 << 62


class Suppression(NamedTuple):
    """What a comment switches off, and where.

    Attributes:
        verb: what it does; empty where that is not understood, and ``enable`` where it ends another.
        selectors: what it names; a comment that names nothing speaks of every code.
        first, last: the lines in which findings are switched off, counted from 1.
        comment: where it stands, up to the end of its line.
        places: where each selector stands, if it names any.
    """

    verb: str
    selectors: tuple[str, ...]
    first: int
    last: int
    comment: Span
    places: tuple[Span, ...] = ()

    def switches_off(self, line: int, code: str) -> list[int]:
        """Which of its selectors switch a code off in a line."""
        if not self.first <= line <= self.last:
            return []
        return [at for at, one in enumerate(self.selectors) if matches(one, code)]


def suppressions(source: str) -> list[Suppression]:
    """The comments of a text, in its order."""
    found: list[Suppression] = []
    waiting: list[int] = []  # those that speak of the next line
    at = 0
    for number, line in enumerate(source.split("\n"), 1):
        comment = _COMMENT.search(line) if MARK in line else None
        if comment is not None:
            one = _read(comment, at, number)
            found.append(one if one.verb != "enable" else _ended(found, one))
        is_alone = comment is not None and not line[: comment.start()].strip()
        if is_alone and found[-1].verb == "ignore":
            waiting.append(len(found) - 1)
        elif not is_alone:
            for index in waiting:
                found[index] = found[index]._replace(first=number, last=number)
            waiting = []
        at += len(line) + 1
    return found


def _read(comment: re.Match[str], offset: int, number: int) -> Suppression:
    """A comment by itself: as if the line that it speaks of were its own."""
    span = Span(offset + comment.start(), offset + comment.end())
    said = _SAID.match(comment[0])
    if said is None:
        return Suppression("", (), 1, 0, span)
    first, last = {"ignore-file": (1, _END), "disable": (number, _END)}.get(said["verb"], (number, number))
    one = Suppression(said["verb"], (ALL,), first, last, span)
    if said["codes"] is None:
        return one
    codes = [found for found in _CODE.finditer(said["codes"]) if found[0].strip()]
    start = span.start + said.start("codes")
    places = tuple(Span(start + found.start(), start + found.end()) for found in codes)
    return one._replace(selectors=tuple(found[0].strip() for found in codes), places=places)


def _ended(found: list[Suppression], enable: Suppression) -> Suppression:
    """Where it stands, what was disabled counts again; it is not understood where nothing was."""
    is_heard = False
    for index, one in enumerate(found):
        is_open = one.verb == "disable" and one.last == _END
        if is_open and (enable.selectors in (one.selectors, (ALL,))):
            found[index] = one._replace(last=enable.first)
            is_heard = True
    return enable._replace(verb="enable" if is_heard else "", selectors=(), first=1, last=0)


def unsuppressed(diagnostics: Iterable[Diagnostic], source: str) -> list[Diagnostic]:
    """The findings that no comment in ``source`` switches off."""
    kept, _ = divided(diagnostics, source, suppressions(source))
    return kept


def divided(
    diagnostics: Iterable[Diagnostic], source: str, comments: Sequence[Suppression]
) -> tuple[list[Diagnostic], set[tuple[int, int]]]:
    """The findings that no comment switches off; and what switched one off: comments and their selectors."""
    of_line: dict[int, list[int]] = {}
    wide = []
    for index, one in enumerate(comments):
        if one.first == one.last:
            of_line.setdefault(one.first, []).append(index)
        else:
            wide.append(index)
    starts = [0, *(found.end() for found in re.finditer("\n", source))]
    kept: list[Diagnostic] = []
    used: set[tuple[int, int]] = set()
    for diagnostic in diagnostics:
        line = bisect_right(starts, diagnostic.span.start)
        hits = {
            (index, at)
            for index in (*of_line.get(line, ()), *wide)
            for at in comments[index].switches_off(line, diagnostic.code)
        }
        used |= hits
        if not hits:
            kept.append(diagnostic)
    return kept, used
