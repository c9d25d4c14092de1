"""A code quality report, as GitLab shows it in merge requests.

Source: GitLab's "Code Quality report format".
"""

import json
from collections.abc import Sequence

from mezzotint.cli.report.checked import Checked, fingerprint, place
from mezzotint.grammar.diagnostics import Diagnostic, Severity

_LEVELS = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def write(files: Sequence[Checked]) -> str:
    """The report, a JSON array; fingerprints differ even between equal findings."""
    seen: dict[str, int] = {}
    rows = [_row(found, one, seen) for one in files for found in one.diagnostics]
    return json.dumps(rows, ensure_ascii=True, indent=1)


def _row(diagnostic: Diagnostic, checked: Checked, seen: dict[str, int]) -> dict[str, object]:
    at, print_ = place(diagnostic, checked.text), fingerprint(checked, diagnostic)
    seen[print_] = seen.get(print_, 0) + 1
    return {
        "description": f"{diagnostic.code}: {diagnostic.message}",
        "check_name": diagnostic.code,
        "fingerprint": print_ if seen[print_] == 1 else f"{print_}-{seen[print_]}",
        "severity": _LEVELS[diagnostic.severity],
        "location": {
            "path": checked.file or checked.name.strip("<>"),
            "lines": {"begin": at.line, "end": at.end_line},
        },
    }
