"""Remedies: proven before they are offered, and applied until nothing is left to put right.

A safe fix keeps what the prompt compiles to. That is no promise of the rule's author: before and after are
compiled and compared, and where they differ the fix is not offered.
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
from mezzotint.grammar.diagnostics import Diagnostic, Fix
from mezzotint.grammar.document import Dialect, read_document

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


def offer(remedy: Remedy, subject: Subject | DocumentSubject, diagnostic: Diagnostic) -> Diagnostic:
    """The finding with its remedy, if there is one for it, and a proof of it where it is called safe."""
    edits = tuple(remedy.edits(subject, diagnostic))
    if not edits or (remedy.is_safe and not _is_proven(subject, edits)):
        return diagnostic
    return replace(diagnostic, fixes=(Fix(edits, remedy.is_safe, remedy.title),))


def _is_proven(subject: Subject | DocumentSubject, edits: Iterable[Edit]) -> bool:
    """Settings are read by many programs in many ways, so nothing is proven about them."""
    if isinstance(subject, DocumentSubject) or subject.proven > MAX_PROVEN:
        return False
    subject.proven += len(subject.source)
    return means_same(subject.source, apply(subject.source, edits), negative=subject.negative)


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
        return lint(text, negative=negative, context=context, with_fixes=True)

    def prove(before: str, after: str) -> bool:
        return means_same(before, after, negative=negative)

    return _repair(prompt, find, prove, unsafe=unsafe)


def fix_text(
    source: str, dialect: Dialect = Dialect.AUTO, *, context: Context = HOME, unsafe: bool = False
) -> Fixed:
    """The same for a whole document: a prompt, one with a Midjourney tail, or an infotext."""
    from mezzotint.compiler.lint.document import lint_document

    def find(text: str) -> Sequence[Diagnostic]:
        return lint_document(read_document(text, dialect), context=context, with_fixes=True)

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
        chosen = _choose(find(source), unsafe=unsafe)
        result = _apply_all(source, chosen)
        # Each safe fix is proven alone; two of them together are proven here.
        if len(chosen) > 1 and not unsafe and not prove(source, result):
            chosen = chosen[:1]
            result = _apply_all(source, chosen)
        if result in seen:
            break
        seen.add(result)
        source = result
        applied += [diagnostic for diagnostic, _ in chosen]
    return Fixed(source, tuple(applied))


def _apply_all(source: str, chosen: Iterable[tuple[Diagnostic, Fix]]) -> str:
    return apply(source, (edit for _, fix in chosen for edit in fix.edits))


def _choose(diagnostics: Iterable[Diagnostic], *, unsafe: bool) -> list[tuple[Diagnostic, Fix]]:
    """From left to right the fixes that begin behind the end of the last one chosen."""
    able = [(d, fix) for d in diagnostics for fix in d.fixes if unsafe or fix.is_safe]
    chosen: list[tuple[Diagnostic, Fix]] = []
    end = -1
    for diagnostic, fix in sorted(able, key=lambda pair: pair[1].edits[0][0]):
        if fix.edits[0][0].start > end:
            chosen.append((diagnostic, fix))
            end = fix.edits[-1][0].end
    return chosen
