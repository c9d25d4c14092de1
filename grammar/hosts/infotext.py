"""Infotexts: both prompts, whose lines stand there with space around them, and the settings."""

from functools import partial

from mezzotint.grammar.document import Dialect, Document, read_document
from mezzotint.grammar.hosts.host import Host, HostError, Leaf, Literal, Passage, Spelling, as_it_is, never
from mezzotint.grammar.span import Span

_AS_IT_IS = Spelling(as_it_is, never)


def infotext_host(document: Document, dialect: Dialect) -> Host:
    """An infotext, its prompts as they are read.

    Args:
        document: an infotext.
        dialect: it was read in.

    Raises:
        HostError: the document is none.
    """
    leaves = _leaves(document)
    found = [
        Passage(leaf.value, leaf.literal, bool(number), number)
        for number, leaf in enumerate(leaves)
        if leaf.literal and leaf.value
    ]
    return Host(document.source, leaves, found, partial(_read, dialect=dialect))


def _read(source: str, *, dialect: Dialect) -> list[Leaf]:
    return _leaves(read_document(source, dialect))


def _leaves(document: Document) -> list[Leaf]:
    """The prompt, the negative prompt, and each setting as it is written."""
    infotext = document.infotext
    if infotext is None:
        raise HostError("this is no infotext: no line of settings ends it")
    prompts = ((infotext.prompt, infotext.prompt_map), (infotext.negative_prompt, infotext.negative_map))
    leaves = [
        Leaf((str(number),), text, Literal(places.span(Span(0, len(text))), places, _AS_IT_IS))
        for number, (text, places) in enumerate(prompts)
    ]
    return [*leaves, *(Leaf((setting.key,), setting.raw) for setting in infotext.settings)]
