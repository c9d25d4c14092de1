"""Quick fixes: what the findings in a range offer, safe ones first, and all safe ones at once."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from mezzotint.compiler.lint.fixes import apply, fix_prompt, fix_text
from mezzotint.grammar.diagnostics import Diagnostic, Fix
from mezzotint.grammar.span import Span
from mezzotint.lsp.analysis import Analysis
from mezzotint.lsp.regions import Kind, Region


class Action(NamedTuple):
    """A remedy and the finding that it is for."""

    title: str
    diagnostic: Diagnostic
    fix: Fix


def quick_fixes(analysis: Analysis, span: Span) -> list[Action]:
    """The remedies of findings that touch a range."""
    touching = [d for d in analysis.fixable if d.span.start <= span.end and span.start <= d.span.end]
    found = [Action(_title(one, fix), one, fix) for one in touching for fix in one.fixes]
    return sorted(found, key=lambda action: not action.fix.is_safe)


def _title(one: Diagnostic, fix: Fix) -> str:
    return f"{one.code}: {fix.title}" + ("" if fix.is_safe else " (may change the meaning)")


def fix_all(analysis: Analysis) -> list[tuple[Span, str]]:
    """Edits that apply every safe fix; together they are proven like each alone."""
    if not any(one.fixes for one in analysis.fixable):
        return []
    if analysis.document is not None:
        fixed = fix_text(analysis.source, analysis.setup.checks.reading, context=analysis.fixing).source
        return difference(analysis.source, fixed)
    return rewritten(analysis, partial(_fixed, analysis))


def _fixed(analysis: Analysis, passage: Region) -> str:
    if passage.negative or analysis.kind is Kind.STYLES:
        return fix_prompt(passage.text, negative=passage.negative, context=analysis.fixing).source
    return fix_text(passage.text, analysis.setup.checks.reading, context=analysis.fixing).source


def rewritten(analysis: Analysis, change: Callable[[Region], str]) -> list[tuple[Span, str]]:
    """Edits that change the texts in a document, as far as they can be spelled there."""
    passages = analysis.passages or ()
    if passages and analysis.kind is not Kind.PYTHON and analysis.host is not None:
        found = zip(analysis.host.passages, passages, strict=True)
        changes = {one.number: change(passage) for one, passage in found}
        return difference(analysis.source, analysis.host.rewritten(changes).text)
    edits = []
    for passage in passages:
        span = passage.whole(analysis.source)
        for there, new in difference(passage.text, change(passage)) if span else ():
            if span and (spelled := passage.spell(new)) is not None:
                edits.append((there.shift(span.start), spelled))
    return edits


def difference(before: str, after: str) -> list[tuple[Span, str]]:
    """One edit that makes a text another, as short as can be; none where they are the same."""
    if before == after:
        return []
    shortest = min(len(before), len(after))
    start = next((i for i in range(shortest) if before[i] != after[i]), shortest)
    most = shortest - start
    end = next((i for i in range(most) if before[-1 - i] != after[-1 - i]), most)
    edit = (Span(start, len(before) - end), after[start : len(after) - end])
    return [edit] if apply(before, [edit]) == after else []
