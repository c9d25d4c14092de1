"""Rules that other packages bring, through the entry-point group ``mezzotint.rules``.

Asking the import system for entry points takes longer than checking a small file, so first the package
records on the path are looked through for the group's name; most installations have none.
"""

import os
import sys
from collections.abc import Iterator
from functools import cache

from mezzotint.compiler.lint.listed import Listed
from mezzotint.grammar.errors import MezzotintError

GROUP = "mezzotint.rules"
_RECORDS = (".dist-info", ".egg-info")


class PluginError(MezzotintError):
    """A package offers something that is no rule."""


@cache
def plugin_rules() -> tuple[Listed, ...]:
    """The rules of other packages, in the order of their codes; looked for once.

    Raises:
        PluginError: what an entry point names is no :class:`~mezzotint.compiler.lint.registry.Rule`.
    """
    if not any(_names_group(record) for record in _records()):
        return ()
    from importlib.metadata import entry_points

    from mezzotint.compiler.lint.registry import Rule

    listed = []
    for entry in entry_points(group=GROUP):
        rule = entry.load()
        if not isinstance(rule, Rule):
            raise PluginError(f'the entry point "{entry.name}" of {GROUP} is no rule: {entry.value}')
        row = Listed(rule.code, rule, nodes=rule.nodes, is_default=rule.is_default)
        listed.append(row._replace(is_document=rule.is_document))
    return tuple(sorted(listed, key=lambda row: row.code))


def _records() -> Iterator[str]:
    for folder in sys.path:
        try:
            names = os.listdir(folder or ".")
        except OSError:
            continue
        yield from (f"{folder}/{name}/entry_points.txt" for name in names if name.endswith(_RECORDS))


def _names_group(record: str) -> bool:
    try:
        with open(record, "rb") as stream:
            return GROUP.encode() in stream.read()
    except OSError:
        return False
