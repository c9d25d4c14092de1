"""Findings in a prompt, placed in the larger text that it was read from."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from mezzotint.grammar.diagnostics import Diagnostic, Fix
from mezzotint.grammar.span import Span

if TYPE_CHECKING:
    from mezzotint.grammar.hosts.host import Passage


def placed(diagnostic: Diagnostic, text: str, source: str, span_of: Callable[[Span], Span]) -> Diagnostic:
    """The finding in ``source``; its fixes are kept where the prompt stands there as it is read.

    Args:
        diagnostic: a finding in ``text``.
        text: the prompt.
        source: the text that it was read from.
        span_of: where a range of the prompt stands in ``source``.
    """
    fixes = []
    for fix in diagnostic.fixes:
        edits = tuple((span_of(span), new) for span, new in fix.edits)
        pairs = zip(edits, fix.edits, strict=True)
        if all(_slice(source, there) == _slice(text, here) for (there, _), (here, _) in pairs):
            fixes.append(Fix(edits, fix.is_safe, fix.title))
    return replace(diagnostic, span=span_of(diagnostic.span), fixes=tuple(fixes))


def hosted(diagnostic: Diagnostic, passage: "Passage") -> Diagnostic:
    """The finding in the file that the prompt stands in; its fixes are spelled as the prompt is there.

    Fixes of which that spelling is not known are left out.
    """
    fixes = []
    for fix in diagnostic.fixes:
        edits = [(passage.map.span(span), passage.spell(new)) for span, new in fix.edits]
        spelled = tuple((span, new) for span, new in edits if new is not None)
        is_whole = len(spelled) == len(edits)
        if is_whole and not any(passage.map.divides(span) for span, _ in fix.edits):
            fixes.append(Fix(spelled, fix.is_safe, fix.title))
    return replace(diagnostic, span=passage.map.span(diagnostic.span), fixes=tuple(fixes))


def _slice(text: str, span: Span) -> str:
    return text[span.start : span.end]
