"""How heavy a word may be."""

from mezzotint.compiler.lint.context import CLIP_FAMILIES

_SD, _SDXL, _T5 = (1.6, 2.0), (1.5, 1.8), (1.3, 1.3)
_NEGATIVE = (2.0, 2.5)
_OF_SDXL = ("sdxl", "pony", "illustrious")


def limits(family: str, *, negative: bool) -> tuple[float, float]:
    """The largest weight that is usual for a family, and the one from which on pictures suffer."""
    if family not in CLIP_FAMILIES:
        return _T5
    if negative:
        return _NEGATIVE
    return _SDXL if family in _OF_SDXL else _SD
