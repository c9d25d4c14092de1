"""A text in canonical style: a prompt, or the prompts of an infotext."""

from mezzotint.compiler.format import format_prompt
from mezzotint.grammar.document import Dialect, Document, read_document
from mezzotint.grammar.span import Span


def format_text(source: str, dialect: Dialect = Dialect.AUTO) -> str:
    """The text with its prompts formatted; line ends, and one at the end of the text, stay as they are.

    A prompt with Midjourney flags stays as it is: its brackets and weights are another language's.
    """
    if "\r\n" in source:
        return format_text(source.replace("\r\n", "\n"), dialect).replace("\n", "\r\n")
    document = read_document(source, dialect)
    if document.flags:
        return source
    if document.infotext is None:
        return format_prompt(source) + "\n" * (source.endswith("\n") and bool(source.strip()))
    return _formatted_infotext(document, dialect)


def _formatted_infotext(document: Document, dialect: Dialect) -> str:
    """Both prompts formatted, if the text still reads as those and the same settings."""
    source, at, parts = document.source, 0, []
    for text, negative in ((document.prompt, False), (document.negative_prompt, True)):
        span = document.span(Span(0, len(text)), negative=negative)
        if text and source[span.start : span.end] == text:
            parts += [source[at : span.start], format_prompt(text, negative=negative)]
            at = span.end
    result = "".join([*parts, source[at:]])
    again = read_document(result, dialect)
    if again.infotext is None or document.infotext is None:
        return source
    return result if again.infotext.settings == document.infotext.settings else source
