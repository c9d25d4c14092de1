"""MZ512 missing-provenance

What it does: finds an infotext that says nothing about the model, or about the program's version.
Why it is bad: what decides the picture more than the seed has to be guessed.
Evidence: A1111 writes ``Model hash`` and ``Version`` unless it is told not to (AUTOMATIC1111#6144).
Catalogue: IT707
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.registry import Found, Rule
from mezzotint.compiler.lint.setting import SETTINGS
from mezzotint.compiler.lint.subject import DocumentSubject

_NEEDED = (("Model hash", "Model"), ("Version",))


def check(subject: DocumentSubject) -> Iterator[Found]:
    """Yield a finding for what is missing."""
    infotext = subject.document.infotext
    if infotext is None or infotext.settings_span is None:
        return
    missing = [keys[0] for keys in _NEEDED if not any(key in infotext for key in keys)]
    if missing:
        yield Found(f"{' and '.join(missing)} not given", infotext.settings_span, "add what is known")


RULE = Rule(
    "MZ512",
    "missing-provenance",
    check,
    since="0.1.0",
    is_document=True,
    is_default=False,
    bad=(f"a cat\n{SETTINGS}",),
    good=(f"a cat\n{SETTINGS}, Model hash: 6ce0161689, Version: v1.10.1",),
)
