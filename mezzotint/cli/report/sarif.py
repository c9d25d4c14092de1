"""SARIF 2.1.0, the format of code scanning.

Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".
"""

import json
from collections.abc import Sequence

from mezzotint import __version__
from mezzotint.cli.report.checked import Checked, fingerprint, place
from mezzotint.compiler.lint.catalogue import Entry, entries
from mezzotint.grammar.diagnostics import Diagnostic, Fix, Severity
from mezzotint.grammar.span import Span, line_column

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def write(files: Sequence[Checked]) -> str:
    """A log with one run."""
    codes = {found.code for one in files for found in one.diagnostics}
    rules = [entry for entry in entries() if entry.code in codes]
    index = {entry.code: number for number, entry in enumerate(rules)}
    run = {
        "tool": {
            "driver": {
                "name": "mezzotint",
                "version": __version__,
                "rules": [_rule(entry) for entry in rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(files)],
        "artifacts": [_artifact(uri) for uri in dict.fromkeys(one.uri for one in files)],
        "results": [_result(found, one, index) for one in files for found in one.diagnostics],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=True, indent=1)


def _invocation(files: Sequence[Checked]) -> dict[str, object]:
    told = [_notification(one) for one in files if one.error]
    return {"executionSuccessful": not told, "toolExecutionNotifications": told}


def _notification(one: Checked) -> dict[str, object]:
    place = {"physicalLocation": {"artifactLocation": {"uri": one.uri}}}
    return {"level": "error", "message": {"text": one.error}, "locations": [place]}


def _artifact(uri: str) -> dict[str, object]:
    return {"location": {"uri": uri}, "roles": ["analysisTarget"]}


def _rule(entry: Entry) -> dict[str, object]:
    return {
        "id": entry.code,
        "name": entry.name,
        "shortDescription": {"text": entry.what or entry.name},
        "fullDescription": {"text": entry.why or entry.what or entry.name},
        "help": {"text": f"mezzotint rule {entry.code}"},
        "defaultConfiguration": {"level": _LEVELS[Severity(entry.severity)]},
    }


def _result(found: Diagnostic, one: Checked, index: dict[str, int]) -> dict[str, object]:
    result: dict[str, object] = {
        "ruleId": found.code,
        "level": _LEVELS[found.severity],
        "message": {"text": found.message + (found.help and f"; {found.help}")},
        "locations": [_location(found, one)],
        "partialFingerprints": {"mezzotint/v1": fingerprint(one, found)},
    }
    if found.code in index:
        result["ruleIndex"] = index[found.code]
    if found.fixes and one.is_text:
        result["fixes"] = [_fix(fix, one) for fix in found.fixes]
    return result


def _location(found: Diagnostic, one: Checked) -> dict[str, object]:
    """A range of a text file; of a picture, whose text has no place in it, the text's name and the place."""
    physical: dict[str, object] = {"artifactLocation": {"uri": one.uri}}
    if one.is_text:
        return {"physicalLocation": {**physical, "region": _region(found.span, one.text)}}
    at = place(found, one.text)
    logical = {"name": one.record, "fullyQualifiedName": f"{one.record}:{at.line}:{at.column}"}
    return {"physicalLocation": physical, "logicalLocations": [logical]}


def _region(span: Span, text: str) -> dict[str, int]:
    (line, column), (end_line, end_column) = line_column(text, span.start), line_column(text, span.end)
    return {
        "startLine": line,
        "startColumn": column,
        "endLine": end_line,
        "endColumn": end_column,
        "charOffset": span.start,
        "charLength": len(span),
    }


def _fix(fix: Fix, one: Checked) -> dict[str, object]:
    replacements = [
        {"deletedRegion": _region(span, one.text), "insertedContent": {"text": text}}
        for span, text in fix.edits
    ]
    change = {"artifactLocation": {"uri": one.uri}, "replacements": replacements}
    title = fix.title if fix.is_safe else f"{fix.title} (may change the meaning)"
    return {"description": {"text": title}, "artifactChanges": [change]}
