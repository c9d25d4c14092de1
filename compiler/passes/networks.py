"""Cut ``<name:args>`` tags out of a positive prompt and read their arguments."""

from mezzotint.compiler.ir import Network
from mezzotint.compiler.passes.mapped import Mapped
from mezzotint.grammar.words import find_networks


def networks(text: Mapped) -> tuple[Mapped, tuple[Network, ...]]:
    """The text without its tags, and the tags in order; the space around a tag stays.

    An argument with exactly one ``=`` is named, and the last of a name wins; any other is positional.
    """
    places = list(find_networks(text.text))
    found = tuple(_read(text, start, colon, end) for start, colon, end in places)
    return text.without((start, end) for start, _, end in places), found


def _read(text: Mapped, start: int, colon: int, end: int) -> Network:
    positional: list[str] = []
    named: dict[str, str] = {}
    for argument in text.text[colon + 1 : end - 1].split(":"):
        parts = argument.split("=", 2)
        if len(parts) == 2:
            named[parts[0]] = parts[1]
        else:
            positional.append(argument)
    kind = text.text[start + 1 : colon]
    return Network(kind, tuple(positional), tuple(named.items()), text.span(start, end))
