"""Patterns of files: those that are left out, or that some rules leave alone."""

import os
from fnmatch import fnmatchcase
from typing import NamedTuple


class Pattern(NamedTuple):
    """A pattern with ``*``, ``?`` and ``[…]``, and the folder that it was written for.

    One with a slash is compared with paths from that folder, and its ``*`` stands for slashes, too; one
    without is compared with names.
    """

    text: str
    folder: str

    def fits(self, path: str) -> bool:
        """Whether it names a file or a folder."""
        text = self.text.rstrip("/")
        if "/" not in text:
            return fnmatchcase(path.rstrip(os.sep).rpartition(os.sep)[2], text)
        return fnmatchcase(os.path.relpath(path, self.folder).replace(os.sep, "/"), text)


UNWANTED = tuple(
    Pattern(name, "")
    for name in (
        ".git",
        ".hg",
        ".svn",
        ".tox",
        ".nox",
        ".venv",
        "venv",
        "node_modules",
        "site-packages",
        "__pycache__",
        ".*_cache",
        "requirements*.txt",
        "constraints*.txt",
        "CMakeLists.txt",
        "LICENSE*.txt",
        "LICENCE*.txt",
        "NOTICE*.txt",
        "robots.txt",
        "humans.txt",
        "llms.txt",
    )
)
"""Folders and text files in which nobody keeps prompts."""
