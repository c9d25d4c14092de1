"""The findings as a JSON array; ``docs/schema/check.schema.json`` describes it."""

import json
from collections.abc import Sequence

from mezzotint.cli.report.checked import Checked, place
from mezzotint.compiler.lint.selection import code_names
from mezzotint.grammar.diagnostics import Diagnostic, Fix


def write(files: Sequence[Checked]) -> str:
    """The array, a finding in a line; ASCII only, so that any pipe carries it."""
    rows = (json.dumps(row(found, one)) for one in files for found in one.diagnostics)
    return f"[\n{inner}\n]" if (inner := ",\n".join(rows)) else "[]"


def row(diagnostic: Diagnostic, checked: Checked) -> dict[str, object]:
    """A finding. Lines and columns count code points from 1, offsets from 0."""
    at = place(diagnostic, checked.text)
    return {
        "file": checked.name,
        "line": at.line,
        "column": at.column,
        "end_line": at.end_line,
        "end_column": at.end_column,
        "start": diagnostic.span.start,
        "end": diagnostic.span.end,
        "code": diagnostic.code,
        "name": code_names().get(diagnostic.code, ""),
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        "help": diagnostic.help,
        "fixes": [_fix(fix) for fix in diagnostic.fixes],
    }


def _fix(fix: Fix) -> dict[str, object]:
    return {
        "title": fix.title,
        "safe": fix.is_safe,
        "edits": [{"start": span.start, "end": span.end, "text": text} for span, text in fix.edits],
    }
