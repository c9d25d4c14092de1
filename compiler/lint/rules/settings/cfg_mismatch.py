"""MZ501 cfg-mismatch

What it does: finds a CFG scale that does not suit the model, where its name tells what it is.
Why it is bad: models that were distilled have guidance built in; more of it burns the picture and, from 1 on,
    takes twice the time.
Evidence: FLUX.1 is guided by "Distilled CFG Scale" with a CFG scale of 1 in Forge, which mends the
    infotexts of sites that mix them up; Turbo, Lightning and LCM models ask for 1 to 2.
Catalogue: PG601
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.context import T5_FAMILIES
from mezzotint.compiler.lint.registry import Edit, Found, Remedy, Rule
from mezzotint.compiler.lint.setting import SETTINGS, decimal, find
from mezzotint.compiler.lint.subject import DocumentSubject
from mezzotint.grammar.diagnostics import Diagnostic

_DISTILLED = ("turbo", "lightning", "lcm", "hyper-sd", "hypersd")
HIGHEST = 3.0
"""Some of these models say 2 to 3 themselves."""


def check(subject: DocumentSubject) -> Iterator[Found]:
    """Yield a finding if the CFG scale is above what such models bear."""
    scale = find(subject, "CFG scale")
    value = decimal(scale.value) if scale else None
    if scale is None or value is None or value <= 1:
        return
    model = find(subject, "Model")
    name = (model.value or "").casefold() if model else ""
    sampler = find(subject, "Sampler")
    if subject.context.model in T5_FAMILIES and find(subject, "Distilled CFG Scale"):
        yield Found(
            "the model is guided by its distilled scale: this one burns the picture",
            scale.value_span,
            "set it to 1",
        )
    elif value > HIGHEST and (any(d in name for d in _DISTILLED) or (sampler and sampler.value == "LCM")):
        message = "too much for a model that was distilled to few steps: it burns the picture"
        yield Found(message, scale.value_span, "stay between 1 and 2")


def edits(subject: DocumentSubject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """The scale that switches guidance off."""
    if find(subject, "Distilled CFG Scale"):
        yield diagnostic.span, "1"


RULE = Rule(
    "MZ501",
    "cfg-mismatch",
    check,
    since="0.1.0",
    is_document=True,
    remedy=Remedy(edits=edits, title="set the CFG scale to 1"),
    bad=(
        f"a cat\n{SETTINGS}, Model: sdxl_lightning_4step",
        f"a cat\n{SETTINGS}, Distilled CFG Scale: 3.5, Model: flux1-dev",
    ),
    good=(
        f"a cat\n{SETTINGS}, Model: sdxl",
        "a cat\nSteps: 20, Sampler: Euler, CFG scale: 1, Seed: 1, Size: 512x512, Distilled CFG Scale: 3.5",
    ),
)
