"""Which files are meant by the files and folders named."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from mezzotint.cli.checks import NOTHING_ASKED, Asked, settings_for
from mezzotint.cli.gitignore import Ignored, ignored_in
from mezzotint.cli.inputs import PICTURES, STDIN, STYLES, TEXTS


def find_files(arguments: Iterable[str], asked: Asked = NOTHING_ASKED) -> Iterator[str]:
    """The files named, and those in the folders named, in a stable order.

    What is named is meant, whatever is excluded, unless ``force-exclude`` is asked for or configured.

    Raises:
        MezzotintError: a configuration cannot be followed.
    """
    for argument in arguments:
        if argument != STDIN and _is_forced_out(argument, asked):
            continue
        if argument == STDIN or not Path(argument).is_dir():
            yield argument
        else:
            yield from _below(str(Path(argument)), asked)


def _is_forced_out(path: str, asked: Asked) -> bool:
    settings = settings_for(path, asked)
    if not settings.force_exclude:
        return False
    whole = Path(path).absolute()
    return any(settings.excludes(str(one)) for one in (whole, *whole.parents[:-1]))


def _below(top: str, asked: Asked) -> Iterator[str]:
    waiting: list[tuple[str, bool, Ignored]] = [(top, True, ignored_in(top))]
    while waiting:
        path, is_folder, ignored = waiting.pop()
        if not is_folder:
            yield path
            continue
        try:
            with os.scandir(path) as entries:
                found = sorted(entries, key=lambda entry: entry.name, reverse=True)
        except OSError:
            yield path  # reading it tells what is wrong
            continue
        inner = ignored if path == top else ignored.inside(str(Path(path).absolute()))
        for entry in found:
            is_inner = entry.is_dir(follow_symlinks=False)
            if _is_wanted(entry, inner, asked, is_folder=is_inner):
                waiting.append((entry.name if path == os.curdir else entry.path, is_inner, inner))


def _is_wanted(entry: "os.DirEntry[str]", ignored: Ignored, asked: Asked, *, is_folder: bool) -> bool:
    name = entry.name.lower()
    is_known = name.endswith((*PICTURES, *TEXTS)) or name == STYLES
    if not is_folder and not (is_known and _is_file(entry)):
        return False
    settings = settings_for(entry.path, asked)
    if settings.excludes(entry.path):
        return False
    if not settings.respect_gitignore:
        return True
    return not ignored.holds(str(Path(entry.path).absolute()), is_folder=is_folder)


def _is_file(entry: "os.DirEntry[str]") -> bool:
    """Whether it is an ordinary file; a link that leads nowhere or in a circle is none."""
    try:
        return entry.is_file()
    except OSError:
        return False
