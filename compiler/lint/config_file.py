"""Which file configures the check of a folder. A check of one file waits for this, so it asks little."""

import os
import re
from functools import cache

OWN, SHARED = "mezzotint.toml", "pyproject.toml"
_TABLE = re.compile(rb"^\s*\[?\s*tool\s*\.\s*mezzotint\b", re.MULTILINE)


@cache
def find_config(folder: str) -> str | None:
    """The nearest configuration in a folder or above it: ``mezzotint.toml``, or a project file with a table.

    Args:
        folder: absolute, or relative to the current one.
    """
    folder = os.path.abspath(folder)
    own, shared = os.path.join(folder, OWN), os.path.join(folder, SHARED)
    if os.path.isfile(own):
        return own
    if os.path.isfile(shared) and _has_table(shared):
        return shared
    above = os.path.dirname(folder)
    return None if above == folder else find_config(above)


def _has_table(file: str) -> bool:
    try:
        with open(file, "rb") as stream:
            return _TABLE.search(stream.read()) is not None
    except OSError:
        return False
