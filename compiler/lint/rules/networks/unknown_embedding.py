"""MZ411 unknown-embedding

What it does: finds ``embedding:name`` that is not at hand, where it is known which ones are.
Why it is bad: ComfyUI drops the name and goes on; only the log says so.
Evidence: ComfyUI logs "warning, embedding … does not exist, ignoring".
Catalogue: PN311
"""

import re
from collections.abc import Iterator

from mezzotint.compiler.lint.context import Context
from mezzotint.compiler.lint.registry import Example, Found, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.span import Span

_EMBEDDING = re.compile(r"\bembedding:([^\s,()<>\[\]:]+)")
_ENDINGS = (".safetensors", ".pt", ".bin")


def check(subject: Subject) -> Iterator[Found]:
    """Yield one finding for each; nothing is checked where no names are known."""
    known = subject.context.embeddings
    if known is None:
        return
    for found in _EMBEDDING.finditer(subject.source):
        name = found[1]
        for ending in _ENDINGS:
            name = name.removesuffix(ending)
        if name not in known:
            yield Found(
                f'there is no embedding "{name}": ComfyUI leaves it out',
                Span(*found.span()),
                "put its file into the folder",
            )


_KNOWN = Context(dialect="comfy", embeddings={"bad_hands"})

RULE = Rule(
    "MZ411",
    "unknown-embedding",
    check,
    since="0.1.0",
    dialects=("comfy",),
    bad=(Example("a cat, embedding:bad_hand", _KNOWN),),
    good=(
        Example("a cat, embedding:bad_hands", _KNOWN),
        Example("embedding:bad_hands.pt", _KNOWN),
        Example("embedding:x", Context(dialect="comfy")),
    ),
)
