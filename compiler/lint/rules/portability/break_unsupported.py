"""MZ303 break-unsupported

What it does: finds ``BREAK`` in a prompt for a program or a model that has none.
Why it is bad: the word itself is drawn.
Evidence: ComfyUI's core, compel, diffusers and Midjourney have no such word (krita-ai-diffusion#2292); T5 and
    language models read a text in one row, which has no chunks to break.
Catalogue: PE213
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.context import CLIP_FAMILIES, Context
from mezzotint.compiler.lint.registry import Example, Found, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.nodes import Break

_WITH_BREAK = ("a1111", "forge", "sdnext")


def check(subject: Subject, node: Break) -> Iterator[Found]:
    """Yield a finding for each BREAK."""
    context = subject.context
    if context.dialect not in _WITH_BREAK:
        reader = context.dialect
    elif context.model not in CLIP_FAMILIES:
        reader = f"the encoder of {context.model}"
    else:
        return
    yield Found(f'{reader} has no BREAK: the word "break" is drawn', node.span, "remove it")


RULE = Rule(
    "MZ303",
    "break-unsupported",
    check,
    since="0.1.0",
    nodes=("Break",),
    bad=(
        Example("a cat BREAK a dog", Context(dialect="comfy")),
        Example("a cat BREAK a dog", Context(family="flux")),
    ),
    good=("a cat BREAK a dog", Example("a break", Context(dialect="comfy"))),
)
