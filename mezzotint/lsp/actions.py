"""Quick fixes: what the findings in a range offer, safe ones first, and all safe ones at once."""

from typing import NamedTuple

from mezzotint.compiler.lint.fixes import apply, fix_prompt, fix_text
from mezzotint.grammar.diagnostics import Diagnostic, Fix
from mezzotint.grammar.span import Span
from mezzotint.lsp.analysis import Analysis


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
        fixed = fix_text(analysis.source, context=analysis.context).source
        return difference(analysis.source, fixed)
    edits = []
    for region in analysis.regions:
        span = region.whole(analysis.source)
        fixed = fix_prompt(region.text, negative=region.negative, context=analysis.context).source
        for there, new in difference(region.text, fixed) if span else ():
            if span and (spelled := region.spell(new)) is not None:
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
