"""Files with their prompts rewritten: by fixes, or by the formatter. Pictures are never written to."""

from collections.abc import Callable
from difflib import unified_diff
from pathlib import Path
from typing import NamedTuple, TypeAlias

from mezzotint.cli.file_check import host_of
from mezzotint.cli.inputs import SHEETS, STDIN, InputError
from mezzotint.cli.terminal import echo, paint
from mezzotint.compiler.equivalence import means_same
from mezzotint.compiler.lint.config import Settings
from mezzotint.compiler.passes.styles import styles
from mezzotint.grammar.diagnostics import printable
from mezzotint.grammar.errors import MezzotintError
from mezzotint.grammar.hosts.files import read_style_sheet
from mezzotint.grammar.hosts.host import Host
from mezzotint.grammar.span import line_column
from mezzotint.runtime.metadata.atomic import write_file

_MARK = b"\xef\xbb\xbf"
_PROBES = ("", "a cat", "(cat:1.2)", "[cat:dog:5]", "a :1.2", "cat AND dog", "cat\\", "(cat", "cat)")
"""Prompts that styles are tried on: a rewritten style must do the same to each."""
Change: TypeAlias = Callable[[str, bool], str]
"""From a text, and whether it is a negative prompt, to what it should be."""


class After(NamedTuple):
    """A file as it should be, and the lines of prompts that cannot be written as they should be."""

    text: str
    refused: tuple[int, ...] = ()


def rewritten(text: str, name: str, settings: Settings, change: Change, *, unsafe: bool = False) -> After:
    """The text of a file with each prompt in it changed, and everything else as it was, byte for byte.

    Args:
        text: the file.
        name: of the file, which tells its kind.
        settings: how it is read.
        change: what is done to each prompt.
        unsafe: whether that may change what a prompt means.

    Raises:
        MezzotintError: the file is not what its name says.
    """
    is_sheet = name.lower().endswith(SHEETS)
    host = sheet_of(text, name) if is_sheet else host_of(text, name, settings)
    if host is None:
        return After(change(text, False))
    return _in_host(host, _on_styles(change) if is_sheet and not unsafe else change)


def sheet_of(text: str, name: str) -> Host:
    """The prompts of a style sheet.

    Raises:
        MezzotintError: it is none.
    """
    try:
        return read_style_sheet(text)
    except MezzotintError as error:
        raise MezzotintError(f"{name}: {error}") from error


def _in_host(host: Host, change: Change) -> After:
    changes = {one.number: change(one.text, one.negative) for one in host.passages}
    done = host.rewritten(changes)
    lines = {line_column(host.source, one.literal.span.start)[0] for one in done.refused}
    return After(done.text, tuple(sorted(lines)))


def _on_styles(change: Change) -> Change:
    """The change where it keeps what a style does to a prompt."""

    def kept(text: str, negative: bool) -> str:
        new = change(text, negative)
        is_same = new == text or all(
            means_same(styles(probe, [text]), styles(probe, [new]), negative=negative) for probe in _PROBES
        )
        return new if is_same else text

    return kept


def tell_refused(name: str, after: After, verb: str) -> None:
    """Say on standard error which prompts stay as they are."""
    for line in after.refused:
        why = "what would be written cannot be proven to read back as the same file with that prompt"
        echo(f"not {verb}: {printable(name)}:{line}: {why}", err=True)


def save(name: str, before: str, after: str) -> None:
    """Put a text in the place of another.

    Raises:
        MezzotintError: the file cannot be written, or is not what it was when it was read.
        OSError: it cannot be read.
    """
    data = Path(name).read_bytes()
    mark = _MARK if data.startswith(_MARK) else b""
    if data.removeprefix(mark) != before.encode():
        raise InputError(f"{name}: changed while it was read; try again")
    write_file(name, mark + after.encode())


def show_difference(name: str, before: str, after: str) -> None:
    """Print what changed, as ``diff -u`` does."""
    label = "<stdin>" if name == STDIN else name
    for line in unified_diff(before.split("\n"), after.split("\n"), label, label, lineterm=""):
        colour = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1])
        echo(paint(printable(line), colour) if colour else printable(line))
