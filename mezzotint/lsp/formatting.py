"""The canonical spelling of a document's prompts; what stands around them is left as it is."""

from functools import partial

from mezzotint.compiler.format import format_prompt
from mezzotint.compiler.format_text import format_text
from mezzotint.grammar.span import Span
from mezzotint.lsp.actions import difference, rewritten
from mezzotint.lsp.analysis import Analysis
from mezzotint.lsp.regions import Kind, Region


def format_edits(analysis: Analysis) -> list[tuple[Span, str]]:
    """Edits that format the document, as ``mezzotint format`` does, or each prompt in it."""
    if analysis.document is not None:
        return difference(analysis.source, format_text(analysis.source, analysis.setup.checks.reading))
    return rewritten(analysis, partial(_formatted, analysis))


def _formatted(analysis: Analysis, passage: Region) -> str:
    if passage.negative or analysis.kind is Kind.STYLES:
        return format_prompt(passage.text, negative=passage.negative)
    return format_text(passage.text, analysis.setup.checks.reading)
