"""Run the rules over everything that a document holds."""

from collections.abc import Iterable, Iterator
from functools import partial

from mezzotint.compiler.lint.context import HOME, Context
from mezzotint.compiler.lint.lint import findings, in_order, lint, rules_of
from mezzotint.compiler.lint.subject import DocumentSubject
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.document import Document

_TORN, _CONSEQUENCES = "MZ506", ("MZ025", "MZ027", "MZ028")


def lint_document(
    document: Document, *, context: Context = HOME, with_fixes: bool = False, are_proven: bool = True
) -> list[Diagnostic]:
    """Findings in both prompts and in the frame around them; spans are into ``document.source``.

    Args:
        document: what the user handed over.
        context: what it is written for; an infotext adds what it says about the run.
        with_fixes: offer remedies, too.
        are_proven: prove each safe one alone.
    """
    if document.infotext is not None:
        context = context.of(document.infotext)
    found = list(_frame(document, context, with_fixes, are_proven))
    found += _without_consequences(document.diagnostics, found)
    for text, negative in ((document.prompt, False), (document.negative_prompt, True)):
        if text or not negative:
            inner = lint(
                text, negative=negative, context=context, with_fixes=with_fixes, are_proven=are_proven
            )
            found += _placed(inner, document, text, negative) if document.infotext else inner
    return in_order(found)


def _without_consequences(reported: Iterable[Diagnostic], found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """What a reader reports, less what only tells that a value without quotes was torn at its commas."""
    torn = [one.span for one in found if one.code == _TORN]
    return [
        one
        for one in reported
        if one.code not in _CONSEQUENCES or not any(span.start <= one.span.start < span.end for span in torn)
    ]


def _frame(document: Document, context: Context, with_fixes: bool, are_proven: bool) -> Iterator[Diagnostic]:
    if document.infotext is None and not document.flags:
        return
    subject = DocumentSubject(document, context)
    holds = document.source.__contains__
    for row in rules_of(context):
        if row.is_document and (not row.needs or any(map(holds, row.needs))):
            yield from findings(row.load(), subject, with_fixes, are_proven)


def _placed(inner: list[Diagnostic], document: Document, text: str, negative: bool) -> list[Diagnostic]:
    from mezzotint.compiler.lint.placing import placed

    span_of = partial(document.span, negative=negative)
    return [placed(diagnostic, text, document.source, span_of) for diagnostic in inner]
