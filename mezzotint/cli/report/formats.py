"""The formats by name; one that is not asked for is not loaded."""

from collections.abc import Sequence
from importlib import import_module

from mezzotint.cli.report.checked import Checked

TEXT = "text"
_MODULES = {
    "concise": "concise",
    "json": "as_json",
    "sarif": "sarif",
    "github": "github",
    "gitlab": "gitlab",
    "junit": "junit",
}
FORMATS = (TEXT, *_MODULES)
WITH_FIXES = ("json", "sarif")
"""Those that tell remedies; to prove them takes time that the others need not wait for."""


def write(format: str, files: Sequence[Checked]) -> str:
    """All findings in a format other than text, which is printed file by file."""
    module = import_module(f"mezzotint.cli.report.{_MODULES[format]}")
    return str(module.write(files))
