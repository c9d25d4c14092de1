"""MZ412 glued-embedding

What it does: finds ``embedding:name`` with a sign right before it.
Why it is bad: ComfyUI looks for it at the beginning of a word only, so here it is drawn as letters.
Evidence: ComfyUI#4280, ComfyUI#10230 and stable-diffusion.cpp#602 tell of embeddings that are not found
    beside punctuation.
Catalogue: PN312
"""

import re
from collections.abc import Iterator

from mezzotint.compiler.lint.context import Context
from mezzotint.compiler.lint.registry import Edit, Example, Found, Remedy, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.span import Span

_GLUED = re.compile(r"(?<=[^\s()])embedding:\S")


def check(subject: Subject) -> Iterator[Found]:
    """Yield one finding for each."""
    for found in _GLUED.finditer(subject.source):
        yield Found(
            "not read as an embedding but drawn: no space is before it",
            Span(found.start(), found.start() + len("embedding:")),
            "put a space before it",
        )


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """A space before it."""
    yield Span(diagnostic.span.start, diagnostic.span.start), " "


_COMFY = Context(dialect="comfy")

RULE = Rule(
    "MZ412",
    "glued-embedding",
    check,
    since="0.1.0",
    dialects=("comfy",),
    is_default=False,
    is_preview=True,
    remedy=Remedy(edits=edits, title="put a space before it"),
    bad=(Example("a cat,embedding:x", _COMFY),),
    good=(Example("a cat, embedding:x", _COMFY), Example("(embedding:x:1.2)", _COMFY)),
)
