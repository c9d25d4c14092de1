"""MZ414 foreign-embedding

What it does: finds ``embedding:name`` in a prompt for A1111 or Forge.
Why it is bad: it is how ComfyUI writes the name; here the name alone is enough, and the word "embedding" is
    drawn.
Evidence: stable-diffusion-webui v1.10.1 finds embeddings by their tokens, wherever they stand in the text.
"""

import re
from collections.abc import Iterator

from mezzotint.compiler.lint.counting import among
from mezzotint.compiler.lint.registry import Edit, Found, Remedy, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.span import Span

_EMBEDDING = re.compile(r"\bembedding:(?=[\w./\\-])")


def check(subject: Subject) -> Iterator[Found]:
    """Yield one finding, at the first of them."""
    found = list(_EMBEDDING.finditer(subject.visible))
    if found:
        message = f'"embedding:" is how ComfyUI writes it: here the word is drawn{among(found)}'
        yield Found(message, Span(*found[0].span()), "write the name alone")


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """The names alone."""
    for found in _EMBEDDING.finditer(subject.visible):
        yield Span(*found.span()), ""


RULE = Rule(
    "MZ414",
    "foreign-embedding",
    check,
    since="0.1.0",
    dialects=("a1111", "forge"),
    remedy=Remedy(edits=edits, title="write the names alone"),
    bad=("blurry, embedding:bad_hands", "(embedding:easynegative:1.2)"),
    good=("blurry, bad_hands", "a word embedding: a vector"),
)
