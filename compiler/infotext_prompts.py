"""An infotext with its prompts rewritten and its settings as they were."""

from collections.abc import Callable

from mezzotint.grammar.document import Dialect, Document, read_document
from mezzotint.grammar.span import Span


def with_prompts(document: Document, dialect: Dialect, change: Callable[[str, bool], str]) -> str:
    """The infotext with both prompts changed, if it still reads as those and the same settings.

    Args:
        document: an infotext.
        dialect: it was read in.
        change: called with a prompt, and whether it is the negative one.
    """
    source, at, parts = document.source, 0, []
    for text, negative in ((document.prompt, False), (document.negative_prompt, True)):
        span = document.span(Span(0, len(text)), negative=negative)
        if text and source[span.start : span.end] == text:
            parts += [source[at : span.start], change(text, negative)]
            at = span.end
    result = "".join([*parts, source[at:]])
    again = read_document(result, dialect)
    if again.infotext is None or document.infotext is None:
        return source
    return result if again.infotext.settings == document.infotext.settings else source
