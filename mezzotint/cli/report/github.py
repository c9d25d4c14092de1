"""Annotations, as GitHub reads them from the log of a workflow.

Source: GitHub's "Workflow commands for GitHub Actions", which also says what is escaped.
"""

from collections.abc import Sequence

from mezzotint.cli.report.checked import Checked, place
from mezzotint.grammar.diagnostics import Diagnostic, Severity, printable

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def write(files: Sequence[Checked]) -> str:
    """One command for each finding."""
    return "\n".join(_command(found, one) for one in files for found in one.diagnostics)


def _command(diagnostic: Diagnostic, checked: Checked) -> str:
    level, at = _LEVELS[diagnostic.severity], place(diagnostic, checked.text)
    properties = f"title={diagnostic.code}"
    if checked.file is not None:
        properties = f"file={_property(checked.file)},{properties}"
        if checked.is_text:
            properties += f",line={at.line},endLine={at.end_line}"
            if at.line == at.end_line:  # columns are ignored otherwise
                properties += f",col={at.column},endColumn={at.end_column}"
    told = f"{checked.name}:{at.line}:{at.column}: {diagnostic.code} {diagnostic.message}"
    return f"::{level} {properties}::{_data(told)}"


def _data(text: str) -> str:
    return printable(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
