"""The prompts of a file that holds many, as regions of the document."""

from mezzotint.grammar.hosts.files import has_fields
from mezzotint.grammar.hosts.host import Host, Passage
from mezzotint.lsp.regions import Kind, Region


def host_regions(host: Host, name: str, kind: Kind) -> list[Region]:
    """The prompts, in the order of the file, each with the name that it has there."""
    title = _style if kind is Kind.STYLES else _path if has_fields(name) else _line
    return [Region(one.text, one.map, one.negative, title(host, one), one.spell) for one in host.passages]


def _path(host: Host, passage: Passage) -> str:
    return ".".join(host.leaves[passage.number].path)


def _line(host: Host, passage: Passage) -> str:
    return f"line {host.leaves[passage.number].path[0]}"


def _style(host: Host, passage: Passage) -> str:
    """By the row's first cell, which is the style's name."""
    row, *_ = host.leaves[passage.number].path
    name = next(leaf.value for leaf in host.leaves if leaf.path[0] == row)
    return f"{name}: {'negative prompt' if passage.negative else 'prompt'}"
