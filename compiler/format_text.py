"""A text in canonical style: a prompt, or the prompts of an infotext."""

from mezzotint.compiler.format import format_prompt
from mezzotint.compiler.infotext_prompts import with_prompts
from mezzotint.grammar.document import Dialect, read_document


def format_text(source: str, dialect: Dialect = Dialect.AUTO) -> str:
    """The text with its prompts formatted; line ends, and one at the end of the text, stay as they are.

    Where line ends are of both kinds, all become what the first one is. A prompt with Midjourney flags stays
    as it is: its brackets and weights are another language's.
    """
    if "\r\n" in source:
        end = "\r\n" if source.partition("\n")[0].endswith("\r") else "\n"
        return format_text(source.replace("\r\n", "\n"), dialect).replace("\n", end)
    document = read_document(source, dialect)
    if document.flags:
        return source
    if document.infotext is None:
        prompt = source.removesuffix("\n") if source.strip() else source
        return format_prompt(prompt) + source[len(prompt) :]
    return with_prompts(document, dialect, lambda text, negative: format_prompt(text, negative=negative))
