"""Text files with their prompts rewritten: by fixes, or by the formatter. Pictures are never written to."""

from collections.abc import Callable
from difflib import unified_diff
from pathlib import Path

from mezzotint.cli.file_check import passages_of
from mezzotint.cli.inputs import PICTURES, SHEETS, STDIN, InputError
from mezzotint.cli.passages import has_fields
from mezzotint.cli.terminal import echo, paint
from mezzotint.compiler.lint.config import Settings
from mezzotint.grammar.diagnostics import printable
from mezzotint.runtime.metadata.atomic import write_file

_MARK = b"\xef\xbb\xbf"


def is_text(name: str) -> bool:
    """Whether a file is nothing but a prompt, or a list of prompts."""
    return not name.lower().endswith((*PICTURES, SHEETS)) and not has_fields(name)


def rewritten(text: str, name: str, settings: Settings, change: Callable[[str], str]) -> str:
    """The text of a file with each prompt in it changed; a line of a list stays one line."""
    passages = passages_of(text, name, settings)
    if passages is None:
        return change(text)
    parts, at = [], 0
    for passage in passages:
        start = passage.map.sources[0]
        new = change(passage.text)
        parts += [text[at:start], passage.text if "\n" in new else new]
        at = start + len(passage.text)
    return "".join([*parts, text[at:]])


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
