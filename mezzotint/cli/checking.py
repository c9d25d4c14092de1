"""What ``mezzotint check`` does without options. No click here: a small file should not wait for it."""

import os
from collections.abc import Iterable

from mezzotint.cli.inputs import SHEETS, Input, is_text, read_file
from mezzotint.cli.terminal import echo, paint
from mezzotint.compiler.lint.config_file import find_config
from mezzotint.compiler.lint.context import HOME, Context
from mezzotint.compiler.lint.document import lint_document
from mezzotint.grammar.diagnostics import Diagnostic, Severity, printable, render
from mezzotint.grammar.document import Dialect
from mezzotint.grammar.errors import MezzotintError

COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
WILDCARDS = "wildcards"
"""A folder of this name holds lists: each line of a text file in it is a prompt."""
_FIELDS = (".json", ".jsonl", ".yaml", ".yml", ".toml")


def check_files(names: Iterable[str]) -> int:
    """Print the findings in files, in those of folders, and in standard input (``-``).

    Returns:
        The exit status: 0 nothing found, 1 findings, 2 something could not be read.
    """
    files = tuple(names)
    if any(map(_is_special, files)):
        from mezzotint.cli.checks import NOTHING_ASKED, check_asked
        from mezzotint.cli.folders import find_files

        return check_asked(tuple(find_files(files)), NOTHING_ASKED)
    found = unread = 0
    writable: list[Diagnostic] = []
    for name in files:
        try:
            source = read_file(name, Dialect.AUTO)
            diagnostics = find(source)
        except (MezzotintError, OSError) as error:
            unread += 1
            tell_unread(reason(error, name))
            continue
        found += sum(d.severity is not Severity.INFO for d in diagnostics)
        writable += diagnostics if is_text(name) else ()
        for diagnostic in diagnostics:
            show_diagnostic(diagnostic, source)
    tell_sum(found, len(files) - unread)
    if writable:
        from mezzotint.cli.remedies import tell_remedies

        tell_remedies(writable)
    return 2 if unread else 1 if found else 0


def _is_special(name: str) -> bool:
    """Whether a file is a folder, is configured, or holds many prompts."""
    if WILDCARDS in name or name.lower().endswith(_FIELDS) or os.path.isdir(name):
        return True
    return find_config(os.path.dirname(name) or ".") is not None


def find(source: Input, context: Context = HOME, *, with_fixes: bool = False) -> list[Diagnostic]:
    """The findings in a prompt, an infotext or a style sheet that no comment in it switches off.

    Raises:
        MezzotintError: a sheet holds no styles.
    """
    found = _found(source, context, with_fixes)
    if "mezzotint:" not in source.document.source or source.name.lower().endswith(SHEETS):
        return found  # of a sheet, each cell is heeded by itself
    from mezzotint.compiler.lint.fixes import keeps_meaning
    from mezzotint.compiler.lint.unused import heeded

    return heeded(found, source.document.source, context, keeps_meaning if with_fixes else None)


def _found(source: Input, context: Context, with_fixes: bool) -> list[Diagnostic]:
    if not source.name.lower().endswith(SHEETS):
        return lint_document(source.document, context=context, with_fixes=with_fixes)
    from mezzotint.compiler.lint.styles import lint_styles

    try:
        return lint_styles(source.document.source, context=context, with_fixes=with_fixes)
    except MezzotintError as error:
        raise MezzotintError(f"{source.name}: {error}") from error


def reason(error: Exception, name: str) -> str:
    """Why a file could not be read."""
    return f"{name}: {error.strerror}" if isinstance(error, OSError) else str(error)


def tell_unread(why: str) -> None:
    """Say on standard error that a file could not be read."""
    echo(f"error: {printable(why)}", err=True)


def tell_sum(found: int, checked: int) -> None:
    """Say on standard error how much was found."""
    what = "no findings" if not found else f"{found} finding{'s' * (found != 1)}"
    echo(f"{what} in {checked} file{'s' * (checked != 1)}", err=True)


def show_diagnostic(diagnostic: Diagnostic, source: Input, *, err: bool = False) -> None:
    """Print a finding with its source line and caret; colours reach terminals only."""
    show(diagnostic, source.document.source, source.name, err=err)


def show(diagnostic: Diagnostic, text: str, name: str, *, err: bool = False) -> None:
    """The same for a finding in a text of some name."""
    head, *rest = render(diagnostic, text, name).split("\n")
    before, severity, after = head.partition(f" {diagnostic.severity} ")
    echo(before + paint(severity, COLOURS[diagnostic.severity], bold=True) + after, err=err)
    for line in rest:
        echo(paint(line, "green") if line.strip("^ ") == "" else line, err=err)
