"""MZ509 odd-proportions

What it does: finds a size far from those that the model was trained on.
Why it is bad: limbs and heads are doubled in large pictures, and small ones fall apart.
Evidence: SDXL was trained on about 1024 x 1024 pixels in sides from 512 to 2048, SD 1 on 512 x 512.
Catalogue: PG604
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.context import Context
from mezzotint.compiler.lint.registry import Example, Found, Rule
from mezzotint.compiler.lint.setting import SETTINGS, find
from mezzotint.compiler.lint.subject import DocumentSubject
from mezzotint.grammar.diagnostics import Severity

_PIXELS = {"sd1": (320, 800), "sd2": (448, 960), "sdxl": (832, 1216), "pony": (832, 1216)}
"""Sides of the squares between whose areas nothing is said."""


def check(subject: DocumentSubject) -> Iterator[Found]:
    """Yield a finding if the area is out of the range."""
    infotext, setting = subject.document.infotext, find(subject, "Size")
    size = infotext.size() if infotext else None
    limits = _PIXELS.get(subject.context.model)
    if size and setting and limits and not limits[0] ** 2 <= size[0] * size[1] <= limits[1] ** 2:
        yield Found(
            f"{subject.context.model} was not trained on pictures of this size",
            setting.value_span,
            "make it of a usual size, and enlarge it afterwards",
        )


RULE = Rule(
    "MZ509",
    "odd-proportions",
    check,
    since="0.1.0",
    severity=Severity.INFO,
    is_document=True,
    is_default=False,
    bad=(
        f"a cat\n{SETTINGS.replace('512x512', '1536x1536')}",
        Example(f"a cat\n{SETTINGS}", Context(family="sdxl")),
    ),
    good=(f"a cat\n{SETTINGS}",),
)
