"""MZ503 odd-size

What it does: finds a size whose sides are no multiples of 8; in diffusers of 16 for FLUX and SD 3.
Why it is bad: latent pixels are 8 pixels wide, so the picture gets another size, or is refused.
Evidence: A1111 rounds each side down to a multiple of 8; diffusers raises ValueError for SD 1, SDXL and SD 3
    and resizes for FLUX without a word.
Catalogue: PG603
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.context import Context
from mezzotint.compiler.lint.registry import Edit, Example, Found, Remedy, Rule
from mezzotint.compiler.lint.setting import SETTINGS, find
from mezzotint.compiler.lint.subject import DocumentSubject
from mezzotint.grammar.diagnostics import Diagnostic, Severity

_STEPS = {"sd3": 16, "flux": 16, "flux-schnell": 16}
STEP = 8


def _step(context: Context) -> int:
    """Other programs than diffusers fill the last row of patches up."""
    return _STEPS.get(context.model, STEP) if context.dialect == "diffusers" else STEP


def _rounded(subject: DocumentSubject) -> str | None:
    """The nearest size below that the model can make; ``None`` where the size is one or is unknown."""
    infotext = subject.document.infotext
    size = infotext.size() if infotext else None
    step = _step(subject.context)
    if size is None or all(side % step == 0 and side for side in size):
        return None
    width, height = (max(step, side // step * step) for side in size)
    return f"{width}x{height}"


def check(subject: DocumentSubject) -> Iterator[Found]:
    """Yield a finding if a side is no multiple."""
    rounded, size = _rounded(subject), find(subject, "Size")
    if rounded and size:
        severity = Severity.ERROR if subject.context.dialect == "diffusers" else None
        message = f"both sides should be multiples of {_step(subject.context)}"
        yield Found(message, size.value_span, f"write {rounded}", severity)


def edits(subject: DocumentSubject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """The size rounded down."""
    if rounded := _rounded(subject):
        yield diagnostic.span, rounded


RULE = Rule(
    "MZ503",
    "odd-size",
    check,
    since="0.1.0",
    is_document=True,
    remedy=Remedy(edits=edits, title="round the size down"),
    bad=(
        f"a cat\n{SETTINGS.replace('512x512', '512x770')}",
        Example(
            f"a cat\n{SETTINGS.replace('512x512', '1000x1000')}", Context(family="flux", dialect="diffusers")
        ),
    ),
    good=(f"a cat\n{SETTINGS}", f"a cat\n{SETTINGS.replace('512x512', '1000x1000')}"),
)
