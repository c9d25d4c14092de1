"""MZ510 odd-steps

What it does: finds more than 100 steps.
Why it is bad: hardly a sampler changes the picture any more after 50, and the time is lost.
Evidence: samplers of the DPM++ kind are made for 15 to 30 steps; ancestral ones never settle at all.
Catalogue: PG607
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.registry import Found, Rule
from mezzotint.compiler.lint.setting import SETTINGS, decimal, find
from mezzotint.compiler.lint.subject import DocumentSubject
from mezzotint.grammar.diagnostics import Severity

MANY = 100


def check(subject: DocumentSubject) -> Iterator[Found]:
    """Yield a finding if there are so many."""
    setting = find(subject, "Steps")
    if setting and (decimal(setting.value) or 0) > MANY:
        yield Found(f"{setting.value} steps are hardly better than 50", setting.value_span, "make fewer")


RULE = Rule(
    "MZ510",
    "odd-steps",
    check,
    since="0.1.0",
    severity=Severity.INFO,
    is_document=True,
    is_default=False,
    bad=(f"a cat\n{SETTINGS.replace('Steps: 20', 'Steps: 150')}",),
    good=(f"a cat\n{SETTINGS}",),
)
