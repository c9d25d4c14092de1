"""MZ504 unknown-sampler

What it does: finds a sampler that A1111 does not know.
Why it is bad: when the text is pasted, A1111 takes DPM++ 2M for it, without a word.
Evidence: stable-diffusion-webui v1.10.1 looks names up as they are written, capitals included, and falls
    back to the first of its list. Infotexts of Forge and other programs, which have
    more samplers, are left alone.
Catalogue: PG605
"""

from collections.abc import Iterator
from difflib import get_close_matches

from mezzotint.compiler.lint.registry import Edit, Found, Remedy, Rule
from mezzotint.compiler.lint.setting import SETTINGS, find
from mezzotint.compiler.lint.subject import DocumentSubject
from mezzotint.grammar.diagnostics import Diagnostic, Severity
from mezzotint.grammar.infotext.samplers import SAMPLERS, SCHEDULES, split_schedule

_PLACEHOLDERS = ("", "Undefined", "None")  # of broken writers, which have a rule of their own
_OF_A1111 = ("v1.", "1.")
_KEYS = ("Sampler", "Hires sampler")
_SAME = "Use same sampler"


def check(subject: DocumentSubject) -> Iterator[Found]:
    """Yield a finding for each sampler that is not in the list."""
    version = find(subject, "Version")
    if version and not (version.value or "").startswith(_OF_A1111):
        return
    for key in _KEYS:
        setting = find(subject, key)
        value = (setting.value or "") if setting else ""
        if setting is None or value in (*_PLACEHOLDERS, _SAME) or split_schedule(value)[0] in SAMPLERS:
            continue
        near = _nearest(value)
        yield Found(
            f'A1111 has no sampler "{value}" and takes DPM++ 2M for it',
            setting.value_span,
            f'write "{near}"' if near else "write the name of one that it has",
        )


def _nearest(value: str) -> str | None:
    for label in sorted(SCHEDULES, key=len, reverse=True):  # "SGM Uniform" ends in "Uniform"
        name = value.removesuffix(f" {label}")
        if name != value and name in SAMPLERS:
            return f"{name}, Schedule type: {label}"
    name, schedule = split_schedule(value)
    by_folded = {known.casefold(): known for known in SAMPLERS}
    near = get_close_matches(name.casefold().replace("_", " "), by_folded, n=1, cutoff=0.75)
    return f"{by_folded[near[0]]} {schedule}".strip() if near else None


def edits(subject: DocumentSubject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """The name that is most like it."""
    if near := _nearest(subject.text(diagnostic.span)):
        yield diagnostic.span, near


RULE = Rule(
    "MZ504",
    "unknown-sampler",
    check,
    since="0.1.0",
    severity=Severity.ERROR,
    is_document=True,
    remedy=Remedy(edits=edits, title="write the name that is most like it"),
    bad=(
        f"a cat\n{SETTINGS.replace('Euler', 'euler a')}",
        f"a cat\n{SETTINGS.replace('Euler', 'DPM++ 2N Karras')}",
        f"a cat\n{SETTINGS.replace('Euler', 'DPM++ 2M SDE SGM Uniform')}",
    ),
    good=(
        f"a cat\n{SETTINGS}",
        f"a cat\n{SETTINGS.replace('Euler', 'DPM++ 2M Karras')}",
        f"a cat\n{SETTINGS.replace('Euler', 'IPNDM')}, Version: f2.0.1",
    ),
)
