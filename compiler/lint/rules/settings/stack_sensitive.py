"""MZ513 stack-sensitive

What it does: finds settings whose picture depends on the machine that makes it.
Why it is bad: on another graphics card the picture is like this one, and not the same.
Evidence: noise drawn by the graphics card differs between makers, and ancestral and SDE samplers draw it at
    every step; pictures of one batch depend on each other (AUTOMATIC1111#3967, diffusers#2659).
Catalogue: IT708
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.registry import Found, Rule
from mezzotint.compiler.lint.setting import SETTINGS, find
from mezzotint.compiler.lint.subject import DocumentSubject
from mezzotint.grammar.diagnostics import Severity


def check(subject: DocumentSubject) -> Iterator[Found]:
    """Yield a finding for a noisy sampler with the graphics card's noise, and one for a batch."""
    sampler, source = find(subject, "Sampler"), find(subject, "RNG")
    name = (sampler.value or "") if sampler else ""
    is_noisy = name.endswith(" a") or " a " in name or "SDE" in name
    if sampler and is_noisy and (source is None or source.value == "GPU"):
        yield Found(
            "this sampler draws noise at every step, from the graphics card",
            sampler.value_span,
            "set the source of noise to CPU or NV",
        )
    batch = find(subject, "Batch size")
    if batch and batch.value != "1":
        yield Found("pictures of a batch depend on each other", batch.value_span, "make them one by one")


RULE = Rule(
    "MZ513",
    "stack-sensitive",
    check,
    since="0.1.0",
    severity=Severity.INFO,
    is_document=True,
    is_default=False,
    bad=(f"a cat\n{SETTINGS.replace('Euler', 'Euler a')}", f"a cat\n{SETTINGS}, Batch size: 4"),
    good=(f"a cat\n{SETTINGS}", f"a cat\n{SETTINGS.replace('Euler', 'Euler a')}, RNG: CPU"),
)
