"""The canonical spelling of a document's prompts; what stands around them is left as it is."""

from functools import partial

from mezzotint.compiler.equivalence import means_same
from mezzotint.compiler.format import format_prompt
from mezzotint.compiler.format_text import format_text
from mezzotint.compiler.lint.fixes import apply
from mezzotint.grammar.hosts.differences import differences
from mezzotint.grammar.span import Span
from mezzotint.lsp.actions import difference, rewritten
from mezzotint.lsp.analysis import Analysis
from mezzotint.lsp.regions import Kind, Region


def format_edits(analysis: Analysis) -> list[tuple[Span, str]]:
    """Edits that format the document, as ``mezzotint format`` does, or each prompt in it."""
    if analysis.document is not None:
        return difference(analysis.source, format_text(analysis.source, analysis.setup.checks.reading))
    return rewritten(analysis, partial(_formatted, analysis))


def format_range(analysis: Analysis, span: Span) -> list[tuple[Span, str]]:
    """Edits in a range of a prompt, if they keep its meaning alone; of many prompts those that it touches."""
    if analysis.document is None:
        return rewritten(analysis, lambda one: _formatted(analysis, one) if _touches(one, span) else one.text)
    formatted = format_text(analysis.source, analysis.setup.checks.reading)
    edits = [
        (there, new)
        for there, new in differences(analysis.source, formatted)
        if span.start <= there.start and there.end <= span.end
    ]
    again = Analysis(apply(analysis.source, edits), analysis.kind, analysis.setup)
    return edits if edits and _says_the_same(analysis, again) else []


def _formatted(analysis: Analysis, passage: Region) -> str:
    if passage.negative or analysis.kind is Kind.STYLES:
        return format_prompt(passage.text, negative=passage.negative)
    return format_text(passage.text, analysis.setup.checks.reading)


def _touches(passage: Region, span: Span) -> bool:
    place = passage.map.span(Span(0, len(passage.text)))
    return place.start <= span.end and span.start <= place.end


def _says_the_same(before: Analysis, after: Analysis) -> bool:
    settings = [one.infotext and one.infotext.settings for one in (before, after)]
    old, new = before.regions, after.regions
    return (
        settings[0] == settings[1]
        and [one.name for one in old] == [one.name for one in new]
        and all(means_same(a.text, b.text, negative=a.negative) for a, b in zip(old, new, strict=True))
    )
