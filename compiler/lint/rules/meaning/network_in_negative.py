"""MZ206 network-in-negative

What it does: finds ``<lora:…>`` in a negative prompt.
Why it is bad: networks are read from the positive prompt only; here the tag is drawn as text.
Evidence: stable-diffusion-webui v1.10.1 takes tags out of the positive prompts alone, so the encoder reads
    "< lora : detail : 1 >" among what is unwanted.
Catalogue: PN303
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.context import A1111_LANGUAGE
from mezzotint.compiler.lint.registry import Edit, Example, Found, Remedy, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.span import Span
from mezzotint.grammar.words import find_networks


def check(subject: Subject) -> Iterator[Found]:
    """Yield one finding for each tag in a negative prompt."""
    if not subject.negative:
        return
    for start, _, end in find_networks(subject.visible):
        yield Found(
            "networks are not read from a negative prompt: the tag is drawn as text",
            Span(start, end),
            "move the tag to the positive prompt",
        )


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """Take the tag out."""
    yield diagnostic.span, ""


RULE = Rule(
    "MZ206",
    "network-in-negative",
    check,
    since="0.1.0",
    dialects=A1111_LANGUAGE,
    remedy=Remedy(edits=edits, title="take the tag out of the negative prompt"),
    bad=(Example("blurry, <lora:detail:1>", negative=True),),
    good=("a cat <lora:detail:1>", Example("blurry, <3", negative=True)),
)
