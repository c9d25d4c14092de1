"""The canonical spelling of a document's prompts; what stands around them is left as it is."""

from mezzotint.compiler.format import format_prompt
from mezzotint.compiler.lint.fixes import apply
from mezzotint.grammar.document import read_document
from mezzotint.grammar.span import Span
from mezzotint.lsp.actions import difference
from mezzotint.lsp.analysis import Analysis


def format_edits(analysis: Analysis) -> list[tuple[Span, str]]:
    """Edits that format each prompt which stands in one piece."""
    edits = []
    for region in analysis.regions:
        span = region.whole(analysis.source)
        if span is None:
            continue
        for there, new in difference(region.text, format_prompt(region.text, negative=region.negative)):
            if (spelled := region.spell(new)) is not None:
                edits.append((there.shift(span.start), spelled))
    return edits if _keeps_frame(analysis, edits) else []


def _keeps_frame(analysis: Analysis, edits: list[tuple[Span, str]]) -> bool:
    """Whether the document is still taken apart in the same manner."""
    if analysis.document is None or not edits:
        return True
    old, new = analysis.document, read_document(apply(analysis.source, edits))
    settings = [one.infotext and one.infotext.settings for one in (old, new)]
    return settings[0] == settings[1] and old.flags == new.flags
