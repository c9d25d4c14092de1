"""What rules ask of the settings of an infotext."""

from mezzotint.compiler.lint.subject import DocumentSubject
from mezzotint.grammar.infotext.record import Setting

SETTINGS = "Steps: 20, Sampler: Euler, CFG scale: 7, Seed: 1, Size: 512x512"
"""A settings line that nothing is wrong with, for examples."""


def find(subject: DocumentSubject, key: str) -> Setting | None:
    """The setting that counts for a key, if the document is an infotext and has it."""
    infotext = subject.document.infotext
    return None if infotext is None else infotext.find(key)


def decimal(text: str | None) -> float | None:
    """The number that a value is; ``None`` where it is none."""
    try:
        return None if text is None else float(text)
    except ValueError:
        return None
