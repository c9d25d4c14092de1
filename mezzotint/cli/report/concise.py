"""One line for each finding."""

from collections.abc import Sequence

from mezzotint.cli.report.checked import Checked, place
from mezzotint.grammar.diagnostics import printable


def write(files: Sequence[Checked]) -> str:
    """The findings as ``name:line:column: severity code message``."""
    return "\n".join(
        printable(f"{one.name}:{at.line}:{at.column}: {found.severity} {found.code} {found.message}")
        for one in files
        for found in one.diagnostics
        for at in (place(found, one.text),)
    )
