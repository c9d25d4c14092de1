"""Comments that switch nothing off, or are not understood; and how they are taken out."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial

from mezzotint.compiler.equivalence import means_same
from mezzotint.compiler.lint.context import Context
from mezzotint.compiler.lint.fixes import apply
from mezzotint.compiler.lint.lint import not_checked, rules_of
from mezzotint.compiler.lint.readers import REPORTED
from mezzotint.compiler.lint.registry import Edit
from mezzotint.compiler.lint.rules import default_rules
from mezzotint.compiler.lint.selection import ALL, code_names, matches
from mezzotint.compiler.lint.suppressions import Suppression, divided, suppressions
from mezzotint.grammar.diagnostics import Diagnostic, Fix, Severity
from mezzotint.grammar.hosts.host import Passage
from mezzotint.grammar.span import Span

UNUSED, UNKNOWN = "MZ106", "MZ107"
_FORMS = "write # mezzotint: ignore[…], ignore-file[…], or disable[…] and enable[…], with codes of rules"


def heeded(
    diagnostics: Iterable[Diagnostic],
    source: str,
    context: Context,
    prove: Callable[[str, str], bool] | None = None,
) -> list[Diagnostic]:
    """The findings that no comment switches off, and those about the comments.

    Args:
        diagnostics: all findings in ``source``.
        source: a text with comments.
        context: what was looked for; of rules that did not run nothing is said.
        prove: whether a text means the same as another; ``None``: no remedies are worked out.
    """
    comments = suppressions(source)
    kept, used = divided(diagnostics, source, comments)
    judges = _Judge(context)
    found = []
    for index, one in enumerate(comments):
        idle = [at for at in range(len(one.selectors)) if (index, at) not in used]
        found += _unknown(one)
        found += _unused(one, [at for at in idle if judges.knows(one.selectors[at])])
    named = [one._replace(selectors=tuple(s for s in one.selectors if s.upper() != ALL)) for one in comments]
    about, _ = divided(found, source, named)  # a comment that names no code does not speak of comments
    if prove is not None:
        about = [_with_fix(one, comments, source, prove) for one in about]
    return sorted([*kept, *about], key=lambda one: (one.span.start, one.span.end, one.code))


def heeded_inside(
    diagnostics: Iterable[Diagnostic], passage: Passage, context: Context, *, with_fixes: bool
) -> list[Diagnostic]:
    """The same for a prompt in a file of many, and the comments inside of it."""
    prove = partial(means_same, negative=passage.negative) if with_fixes else None
    return heeded(diagnostics, passage.text, context, prove)


class _Judge:
    """What can be said of selectors in one run."""

    def __init__(self, context: Context) -> None:
        rows = rules_of(context)
        self.asked = {row.code for row in rows} | {one.code for one in REPORTED}
        silent = {row.code for row in rows if row.is_foreign and context.is_home} | set(not_checked(context))
        self.heard = self.asked - silent - {UNUSED, UNKNOWN}
        self.default = {row.code for row in default_rules()}
        self.said: dict[str, bool] = {}

    def knows(self, selector: str) -> bool:
        """Whether all that a selector names was looked for, as far as it is on by default."""
        if selector not in self.said:
            self.said[selector] = self._knows(selector)
        return self.said[selector]

    def _knows(self, selector: str) -> bool:
        named = {code for code in code_names() if matches(selector, code)}
        return bool(named & self.heard) and named & self.default <= self.asked


def _unknown(one: Suppression) -> list[Diagnostic]:
    if not one.verb or (not one.selectors and one.verb != "enable"):
        message = "this comment says nothing that is understood here"
        return [Diagnostic(UNKNOWN, message, one.comment, Severity.WARNING, _FORMS)]
    wrong = [
        (selector, place)
        for selector, place in zip(one.selectors, one.places, strict=False)
        if not any(matches(selector, code) for code in code_names())
    ]
    return [
        Diagnostic(
            UNKNOWN,
            f'no rule is called "{selector}"',
            place,
            Severity.WARNING,
            "mezzotint rule --all lists the codes and names",
        )
        for selector, place in wrong
    ]


def _unused(one: Suppression, idle: Sequence[int]) -> list[Diagnostic]:
    """One finding for a comment of which nothing is used, else one for each selector."""
    if not idle:
        return []
    if len(idle) == len(one.selectors):
        message = "this comment switches nothing off"
        return [Diagnostic(UNUSED, message, one.comment, Severity.WARNING, "remove it")]
    return [
        Diagnostic(
            UNUSED,
            f'"{one.selectors[at]}" switches nothing off',
            one.places[at],
            Severity.WARNING,
            "remove it",
        )
        for at in idle
    ]


def _with_fix(
    diagnostic: Diagnostic, comments: Sequence[Suppression], source: str, prove: Callable[[str, str], bool]
) -> Diagnostic:
    """The finding with a safe fix, if taking out what it is about keeps the meaning."""
    if diagnostic.code != UNUSED:
        return diagnostic
    one = next(c for c in comments if c.comment.start <= diagnostic.span.start < c.comment.end)
    edit = _without(one, diagnostic.span, source)
    if not prove(source, apply(source, [edit])):
        return diagnostic
    return replace(diagnostic, fixes=(Fix((edit,), True, "remove what switches nothing off"),))


def _without(one: Suppression, span: Span, source: str) -> Edit:
    """The text without a comment, and without its line if nothing else is on it; or without a selector."""
    if span != one.comment:
        at = one.places.index(span)
        start = one.places[at - 1].end if at else span.start
        end = span.end if at else one.places[1].start
        return Span(start, end), ""
    line = source.rfind("\n", 0, span.start) + 1
    before = source[line : span.start]
    end = span.end - source[span.start : span.end].endswith("\r")
    if before.strip():
        return Span(line + len(before.rstrip()), end), ""
    if source[span.end : span.end + 1] == "\n":
        return Span(line, span.end + 1), ""
    return Span(max(0, line - 1), end), ""
