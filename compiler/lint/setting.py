"""What rules ask of the settings of an infotext."""

from mezzotint.compiler.lint.subject import DocumentSubject
from mezzotint.grammar.infotext.record import Setting
from mezzotint.grammar.span import Span

_TEMPLATE = "\nTemplate:"

SETTINGS = "Steps: 20, Sampler: Euler, CFG scale: 7, Seed: 1, Size: 512x512"
"""A settings line that nothing is wrong with, for examples."""


def find(subject: DocumentSubject, key: str) -> Setting | None:
    """The setting that counts for a key, if the document is an infotext and has it."""
    infotext = subject.document.infotext
    return None if infotext is None else infotext.find(key)


def template_line(subject: DocumentSubject) -> Span | None:
    """Where the template, which SD.Next writes below the negative prompt, is read as that prompt."""
    at = subject.source.find(_TEMPLATE)
    return Span(at + 1, at + len(_TEMPLATE)) if at >= 0 and subject.document.negative_prompt else None


def decimal(text: str | None) -> float | None:
    """The number that a value is; ``None`` where it is none."""
    try:
        return None if text is None else float(text)
    except ValueError:
        return None
