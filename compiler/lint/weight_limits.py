"""How heavy a word may be."""

from mezzotint.compiler.lint.context import CLIP_FAMILIES
from mezzotint.compiler.lint.subject import Subject

_SD, _SDXL, _T5 = (1.6, 2.0), (1.5, 1.8), (1.3, 1.5)
_NEGATIVE = (2.0, 2.5)
_OF_SDXL = ("sdxl", "pony", "illustrious")


_UNWANTED = ("worst quality", "low quality", "normal quality", "lowres", "bad anatomy", "bad hands")
"""Nobody wants these: a text with one of them is a negative prompt, wherever it is kept."""


def limits(subject: Subject) -> tuple[float, float]:
    """The largest weight that is usual for the model's family, and the one from which on pictures suffer."""
    family = subject.context.model
    if family not in CLIP_FAMILIES:
        return _T5
    if subject.negative or any(map(subject.source.__contains__, _UNWANTED)):
        return _NEGATIVE
    return _SDXL if family in _OF_SDXL else _SD
