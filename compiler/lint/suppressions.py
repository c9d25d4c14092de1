"""Comments that switch findings off: ``# mezzotint: ignore[MZ201]``.

The comment is one that A1111 strips, so it never reaches the model. Behind text it speaks of its own line; on
a line of its own, of the next line that is not such a comment; ``ignore-file`` speaks of the whole text.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from mezzotint.compiler.lint.selection import ALL, matches
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.span import line_column

MARK = "mezzotint:"
"""Without it in a text there are none, and this module need not be loaded."""
_COMMENT = re.compile(r"#[^\S\n]*mezzotint:[^\S\n]*ignore(?P<file>-file)?(?:\[(?P<codes>[^\]\n]*)\])?")


class Suppression(NamedTuple):
    """What a comment switches off, and in which line, counted from 1; ``None`` is the whole text."""

    selectors: tuple[str, ...]
    line: int | None


def suppressions(source: str) -> list[Suppression]:
    """Those of a text, in its order."""
    found: list[Suppression] = []
    waiting: list[tuple[str, ...]] = []
    for number, line in enumerate(source.split("\n"), 1):
        comment = _COMMENT.search(line)
        if comment is None:
            found += [Suppression(selectors, number) for selectors in waiting]
            waiting = []
            continue
        codes = comment["codes"]
        selectors = (ALL,) if codes is None else tuple(code.strip() for code in codes.split(","))
        if comment["file"]:
            found.append(Suppression(selectors, None))
        elif line[: comment.start()].strip():
            found += [Suppression(one, number) for one in (*waiting, selectors)]
            waiting = []
        else:
            waiting.append(selectors)
    return found


def unsuppressed(diagnostics: Iterable[Diagnostic], source: str) -> list[Diagnostic]:
    """The findings that no comment in ``source`` switches off."""
    switched = suppressions(source)
    return [one for one in diagnostics if not _is_off(one, source, switched)]


def _is_off(diagnostic: Diagnostic, source: str, switched: Sequence[Suppression]) -> bool:
    line, _ = line_column(source, diagnostic.span.start)
    return any(
        place in (None, line) and any(matches(selector, diagnostic.code) for selector in selectors)
        for selectors, place in switched
    )
