"""Which kind of host a file is, by its name. What reads a kind is imported for the first file of it."""

from collections.abc import Callable, Sequence
from importlib import import_module

from mezzotint.grammar.hosts.fields import choose
from mezzotint.grammar.hosts.host import Host, HostError, Leaf, Passage

DATA = {
    ".json": "json_text.read_json",
    ".jsonl": "json_text.read_json_lines",
    ".toml": "toml_text.read_toml",
    ".yaml": "yaml_text.read_yaml",
    ".yml": "yaml_text.read_yaml",
}
"""Files whose fields hold prompts."""
LINES = ".jsonl"
"""Those of them whose lines can be read apart."""
WITHOUT_COMMENTS = (".json", ".jsonl")
WITH_COMMENTS = (".toml", ".yaml", ".yml")
"""Those of them that may have comments beside the prompts, and those that may not."""


def has_fields(name: str) -> bool:
    """Whether a file is one of those whose fields hold prompts."""
    return name.lower().endswith(tuple(DATA))


def read_fields(source: str, name: str, fields: Sequence[str] = ()) -> Host:
    """A file with prompts in its fields.

    Args:
        source: the file.
        name: of the file, which tells its format.
        fields: paths such as ``images.*.prompt``; none: :data:`.fields.FIELDS`.

    Raises:
        HostError: the file is not what its name says.
    """
    place = next(DATA[end] for end in DATA if name.lower().endswith(end))
    module, _, function = place.partition(".")
    read: Callable[[str], list[Leaf]] = getattr(import_module(f"mezzotint.grammar.hosts.{module}"), function)
    try:
        leaves = read(source)
    except HostError as error:
        raise HostError(f"{name}: {error}") from error
    return Host(source, leaves, choose(leaves, fields), read)


def read_list(source: str, *, is_wildcard: bool = False) -> Host:
    """A list of prompts, one in each line.

    Args:
        source: the file.
        is_wildcard: whether its lines may have weights: ``2::a cat``.
    """
    from mezzotint.grammar.hosts.line_list import lines_reader

    read = lines_reader(is_wildcard=is_wildcard)
    leaves = read(source)
    found = [
        Passage(leaf.value, leaf.literal, number=index) for index, leaf in enumerate(leaves) if leaf.literal
    ]
    return Host(source, leaves, found, read)


def read_style_sheet(source: str) -> Host:
    """A style sheet; the prompts are the texts of its styles.

    Raises:
        StyleSheetError: the text is no style sheet.
    """
    from mezzotint.grammar.hosts.sheet import read_sheet, style_passages

    leaves = read_sheet(source)
    return Host(source, leaves, style_passages(source, leaves), read_sheet)
