"""MZ517 unused-ensd

What it does: finds ``ENSD``, the offset of the seed of a sampler's noise, with a sampler that draws none.
Why it is bad: it changes nothing, and looks as if the picture could not be made without it.
Evidence: stable-diffusion-webui v1.10.1 adds it to the seed of the noise that samplers draw at their steps,
    and writes it for ancestral ones alone; other programs copy it along.
Catalogue: IT709
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.registry import Edit, Found, Remedy, Rule
from mezzotint.compiler.lint.setting import SETTINGS, find
from mezzotint.compiler.lint.subject import DocumentSubject
from mezzotint.grammar.diagnostics import Diagnostic, Severity
from mezzotint.grammar.infotext.samplers import split_schedule
from mezzotint.grammar.span import Span

_QUIET = frozenset({"Euler", "LMS", "Heun", "DPM2", "DPM++ 2M", "PLMS", "UniPC"})
_CHURN = "Sigma churn"  # makes some of those draw noise


def check(subject: DocumentSubject) -> Iterator[Found]:
    """Yield a finding for the setting."""
    setting, sampler = find(subject, "ENSD"), find(subject, "Sampler")
    name = split_schedule(sampler.value or "")[0] if sampler else ""
    if setting and setting.value != "0" and name in _QUIET and not find(subject, _CHURN):
        yield Found(f"{name} draws no noise that it could change", setting.value_span, "remove it", None)


def edits(subject: DocumentSubject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """Nothing in its place, nor the comma before it."""
    setting = find(subject, "ENSD")
    if setting:
        start = len(subject.source[: setting.span.start].rstrip(" ,"))
        yield Span(start, setting.span.end), ""


RULE = Rule(
    "MZ517",
    "unused-ensd",
    check,
    since="0.1.0",
    severity=Severity.INFO,
    is_document=True,
    is_default=False,
    remedy=Remedy(edits=edits, title="remove the setting"),
    bad=(f"a cat\n{SETTINGS}, ENSD: 31337",),
    good=(
        f"a cat\n{SETTINGS.replace('Euler', 'Euler a')}, ENSD: 31337",
        f"a cat\n{SETTINGS}, ENSD: 0",
        f"a cat\n{SETTINGS}, ENSD: 31337, Sigma churn: 5",
    ),
)
