"""MZ505 schedule-conflict

What it does: finds a sampler's name that ends in a schedule, beside a ``Schedule type`` that says another.
Why it is bad: the name wins, and ``Schedule type`` is passed over.
Evidence: stable-diffusion-webui cuts schedules off old joined names since version 1.9 (AUTOMATIC1111#15333).
Catalogue: PG606
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.registry import Edit, Found, Remedy, Rule
from mezzotint.compiler.lint.setting import SETTINGS, find
from mezzotint.compiler.lint.subject import DocumentSubject
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.infotext.samplers import SCHEDULE_NAMES, split_schedule


def check(subject: DocumentSubject) -> Iterator[Found]:
    """Yield a finding if both name a schedule and not the same one."""
    sampler, schedule = find(subject, "Sampler"), find(subject, "Schedule type")
    if sampler is None or schedule is None:
        return
    suffix = split_schedule(sampler.value or "")[1]
    other = SCHEDULE_NAMES.get(schedule.value or "", schedule.value)
    if suffix and suffix != other:
        yield Found(
            f'the sampler\'s name says {suffix}, so "{schedule.value}" is passed over',
            schedule.value_span,
            "remove one of them",
        )


def edits(subject: DocumentSubject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """The schedule that counts, in its own field."""
    sampler = find(subject, "Sampler")
    if sampler is not None:
        yield diagnostic.span, split_schedule(sampler.value or "")[1]


RULE = Rule(
    "MZ505",
    "schedule-conflict",
    check,
    since="0.1.0",
    is_document=True,
    remedy=Remedy(edits=edits, title="write the schedule that counts"),
    bad=(f"a cat\n{SETTINGS.replace('Euler', 'DPM++ 2M Karras')}, Schedule type: Exponential",),
    good=(
        f"a cat\n{SETTINGS.replace('Euler', 'DPM++ 2M')}, Schedule type: Karras",
        f"a cat\n{SETTINGS.replace('Euler', 'DPM++ 2M Karras')}, Schedule type: karras",
    ),
)
