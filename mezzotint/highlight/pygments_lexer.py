"""A Pygments lexer for prompts and infotexts: ``pygmentize -l mezzotint``, Sphinx, rich."""

from collections.abc import Iterator
from typing import ClassVar

from pygments.lexer import Lexer
from pygments.token import Text, string_to_tokentype

from mezzotint.grammar.document import read_document
from mezzotint.highlight.kinds import STYLES
from mezzotint.highlight.marks import document_marks


class PromptLexer(Lexer):  # type: ignore[misc]  # Pygments has no types
    """Reads what the compiler reads, so colours tell what a text means."""

    name = "Image prompt"
    aliases: ClassVar[list[str]] = ["mezzotint", "sd-prompt", "infotext"]
    filenames: ClassVar[list[str]] = ["*.prompt"]
    mimetypes: ClassVar[list[str]] = ["text/x-image-prompt"]
    url = "https://github.com/AUTOMATIC1111/stable-diffusion-webui/wiki/Features"

    def get_tokens_unprocessed(self, text: str) -> "Iterator[tuple[int, object, str]]":
        """Pieces of the text, each with its offset and its token type; together they are the text."""
        at = 0
        for mark in document_marks(read_document(text)):
            start, end = max(at, mark.span.start), mark.span.end
            if at < start:
                yield at, Text, text[at:start]
            if start < end:
                yield start, string_to_tokentype(STYLES[mark.kind].pygments), text[start:end]
                at = end
        if at < len(text):
            yield at, Text, text[at:]
