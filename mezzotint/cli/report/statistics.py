"""How often each code was found, and which rules could not look; ``docs/schema/statistics.schema.json``."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from mezzotint.cli.report.checked import Checked
from mezzotint.compiler.lint.selection import code_names

_Write: TypeAlias = Callable[[Sequence[Checked], Sequence[str]], str]


def as_text(files: Sequence[Checked], unchecked: Sequence[str]) -> str:
    """A line for each code, the most frequent first; then the rules that were not checked."""
    lines = [f"{number:6}  {code}  {name}" for code, name, number in _counts(files)]
    if unchecked:
        lines.append(f"not checked, as nothing is known that they need: {', '.join(unchecked)}")
    return "\n".join(lines)


def as_json(files: Sequence[Checked], unchecked: Sequence[str]) -> str:
    """The same as an object."""
    rows = [{"code": code, "name": name, "count": number} for code, name, number in _counts(files)]
    return json.dumps({"counts": rows, "not_checked": list(unchecked)}, indent=1)


def _counts(files: Sequence[Checked]) -> list[tuple[str, str, int]]:
    found = Counter(one.code for file in files for one in file.diagnostics)
    ordered = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
    return [(code, code_names().get(code, ""), number) for code, number in ordered]


FORMATS: Mapping[str, _Write] = {"text": as_text, "json": as_json}
