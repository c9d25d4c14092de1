"""MZ511 odd-clip-skip

What it does: finds a clip skip that the model ignores, or one above 2.
Why it is bad: SDXL and FLUX take the layers that they were trained with; above 2 the meaning of words is
    lost.
Evidence: A1111 does not look at it for SDXL, and Forge's source takes it out for FLUX
    (stable-diffusion-webui-forge#1393).
Catalogue: PG608
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.context import T5_FAMILIES, Context
from mezzotint.compiler.lint.registry import Example, Found, Rule
from mezzotint.compiler.lint.setting import SETTINGS, decimal, find
from mezzotint.compiler.lint.subject import DocumentSubject

_IGNORING = ("sdxl", "pony", "illustrious", *T5_FAMILIES)
USUAL = 2


def check(subject: DocumentSubject) -> Iterator[Found]:
    """Yield a finding if it is ignored, or larger than usual."""
    setting = find(subject, "Clip skip")
    value = decimal(setting.value) if setting else None
    if setting is None or value is None or value <= 1:
        return
    if subject.context.model in _IGNORING:
        yield Found(f"{subject.context.model} ignores clip skip", setting.value_span, "remove it")
    elif value > USUAL:
        yield Found("so many layers left out lose the words' meaning", setting.value_span, "write 1 or 2")


RULE = Rule(
    "MZ511",
    "odd-clip-skip",
    check,
    since="0.1.0",
    is_document=True,
    is_default=False,
    is_preview=True,
    bad=(
        f"a cat\n{SETTINGS}, Clip skip: 5",
        Example(f"a cat\n{SETTINGS}, Clip skip: 2", Context(family="sdxl")),
    ),
    good=(f"a cat\n{SETTINGS}, Clip skip: 2", f"a cat\n{SETTINGS}"),
)
