"""Remedies: proven before they are offered, and applied until nothing is left to put right.

A safe fix keeps what the prompt compiles to. That is no promise of the rule's author: before and after are
compiled and compared, and where they differ the fix is not offered. Those that
are applied are proven together.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple, TypeAlias

from mezzotint.compiler.equivalence import means_same
from mezzotint.compiler.lint.context import HOME, Context
from mezzotint.compiler.lint.lint import lint
from mezzotint.compiler.lint.registry import Edit, Remedy
from mezzotint.compiler.lint.subject import DocumentSubject, Subject
from mezzotint.compiler.proof import Budget, accepted
from mezzotint.grammar.diagnostics import Diagnostic, Fix
from mezzotint.grammar.document import Dialect, read_document
from mezzotint.grammar.span import Span

MAX_ROUNDS = 10
MAX_PROVEN = 200_000
"""Characters compiled for proofs about one prompt, about a second; a text with thousands of findings gets no
more fixes in one round than these allow."""
_Find: TypeAlias = Callable[[str], Sequence[Diagnostic]]
_Prove: TypeAlias = Callable[[str, str], bool]


class Fixed(NamedTuple):
    """A text put right, and the findings whose fixes were applied, each into the text of its round."""

    source: str
    applied: tuple[Diagnostic, ...]


def offer(
    remedy: Remedy, subject: Subject | DocumentSubject, diagnostic: Diagnostic, *, is_proven: bool
) -> Diagnostic:
    """The finding with its remedy, if there is one for it; one called safe is proven here, if asked for."""
    edits = tuple(remedy.edits(subject, diagnostic))
    if not edits or (remedy.is_safe and not _may_be_safe(subject, edits, is_proven=is_proven)):
        return diagnostic
    return replace(diagnostic, fixes=(Fix(edits, remedy.is_safe, remedy.title),))


def _may_be_safe(subject: Subject | DocumentSubject, edits: Iterable[Edit], *, is_proven: bool) -> bool:
    """Settings are read by many programs in many ways, so nothing can be proven about them."""
    if isinstance(subject, DocumentSubject):
        return False
    return not is_proven or _is_proven(subject, edits)


def _is_proven(subject: Subject, edits: Iterable[Edit]) -> bool:
    source = subject.source
    budget = subject.remember("proofs", lambda: _budget(source))
    return budget.take(len(source)) and means_same(source, apply(source, edits), negative=subject.negative)


def _budget(source: str) -> Budget:
    return Budget(max(MAX_PROVEN, len(source)))  # any text may cost one proof


def apply(source: str, edits: Iterable[Edit]) -> str:
    """The text with each range replaced; ranges are disjoint and in ascending order."""
    parts, at = [], 0
    for span, text in edits:
        parts += [source[at : span.start], text]
        at = span.end
    return "".join([*parts, source[at:]])


def fix_prompt(
    prompt: str, *, negative: bool = False, context: Context = HOME, unsafe: bool = False
) -> Fixed:
    """The prompt with its safe fixes applied, and the unsafe ones, too, if asked for."""

    def find(text: str) -> Sequence[Diagnostic]:
        return lint(text, negative=negative, context=context, with_fixes=True, are_proven=False)

    def prove(before: str, after: str) -> bool:
        return means_same(before, after, negative=negative)

    return _repair(prompt, find, prove, unsafe=unsafe)


def fix_text(
    source: str, dialect: Dialect = Dialect.AUTO, *, context: Context = HOME, unsafe: bool = False
) -> Fixed:
    """The same for a whole document: a prompt, one with a Midjourney tail, or an infotext."""
    from mezzotint.compiler.lint.document import lint_document

    def find(text: str) -> Sequence[Diagnostic]:
        return lint_document(read_document(text, dialect), context=context, with_fixes=True, are_proven=False)

    return _repair(source, find, partial(keeps_meaning, dialect=dialect), unsafe=unsafe)


def keeps_meaning(before: str, after: str, *, dialect: Dialect = Dialect.AUTO) -> bool:
    """Whether both prompts of a document mean the same in another spelling of it."""
    old, new = read_document(before, dialect), read_document(after, dialect)
    return means_same(old.prompt, new.prompt) and means_same(
        old.negative_prompt, new.negative_prompt, negative=True
    )


def _repair(source: str, find: _Find, prove: _Prove, *, unsafe: bool) -> Fixed:
    """Rounds of fixes that do not touch each other, until there are none or a text comes back."""
    applied: list[Diagnostic] = []
    seen = {source}
    for _ in range(MAX_ROUNDS):
        offered = _in_order(_Offered(found, fix) for found in find(source) for fix in found.fixes)
        chosen = _proven(source, [one for one in offered if one.fix.is_safe], prove)
        if unsafe:
            chosen += _apart([one for one in offered if not one.fix.is_safe], chosen)[0]
        result = _applied(source, chosen)
        if result in seen:
            break
        seen.add(result)
        source = result
        applied += [one.diagnostic for one in _in_order(chosen)]
    return Fixed(source, tuple(applied))


class _Offered(NamedTuple):
    """A fix, and the finding it is for."""

    diagnostic: Diagnostic
    fix: Fix


def _in_order(offered: Iterable[_Offered]) -> list[_Offered]:
    return sorted(offered, key=lambda one: one.fix.edits[0][0])


def _applied(source: str, chosen: Iterable[_Offered]) -> str:
    return apply(source, (edit for one in _in_order(chosen) for edit in one.fix.edits))


def _proven(source: str, offered: Sequence[_Offered], prove: _Prove) -> list[_Offered]:
    """The safe fixes that keep the meaning together; a refused one is not in the way of those it touches."""
    budget = _budget(source)

    def is_same(chosen: Sequence[_Offered]) -> bool:
        return budget.take(len(source)) and prove(source, _applied(source, chosen))

    chosen: list[_Offered] = []
    left = list(offered)
    while left and budget.left > 0:
        together, left = _apart(left, chosen)
        if not together:
            break
        together.sort(key=lambda one: one.diagnostic.code)
        chosen = accepted(together, is_same, chosen)
    return chosen


def _apart(offered: Sequence[_Offered], taken: Sequence[_Offered]) -> tuple[list[_Offered], list[_Offered]]:
    """From left to right those that touch none of the taken ones and none chosen before, and the others."""
    walls = [_extent(one) for one in _in_order(taken)]
    chosen: list[_Offered] = []
    left: list[_Offered] = []
    at, end = 0, -1
    for one in offered:
        extent = _extent(one)
        while at < len(walls) and walls[at].end < extent.start:
            at += 1
        if extent.start > end and (at == len(walls) or extent.end < walls[at].start):
            chosen.append(one)
            end = extent.end
        else:
            left.append(one)
    return chosen, left


def _extent(offered: _Offered) -> Span:
    return Span(offered.fix.edits[0][0].start, offered.fix.edits[-1][0].end)
