"""MZ303 break-unsupported

What it does: finds ``BREAK`` in a prompt for a program that has none.
Why it is bad: the word itself is drawn.
Evidence: ComfyUI's core, compel, diffusers and Midjourney have no such word (krita-ai-diffusion#2292), and
    SD.Next hands the text as it is to T5 and to language models. A1111 leaves the word out of what T5 reads
    for SD 3, Forge begins a chunk there as it does for CLIP.
Catalogue: PE213
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.context import A1111_LANGUAGE, CLIP_FAMILIES, Context
from mezzotint.compiler.lint.counting import among
from mezzotint.compiler.lint.programs import program
from mezzotint.compiler.lint.registry import Example, Found, Rule
from mezzotint.compiler.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Yield one finding, at the first BREAK."""
    dialect, model = subject.context.dialect, subject.context.model
    breaks = subject.nodes.get("Break", ())
    if dialect not in A1111_LANGUAGE:
        who = f"{program(dialect)} has no BREAK"
    elif dialect == "sdnext" and model not in CLIP_FAMILIES:
        who = f"SD.Next knows no BREAK for {model}"
    else:
        return
    if breaks:
        message = f'{who}: the word "break" is drawn{among(breaks)}'
        yield Found(message, breaks[0].span, "write a comma instead")


RULE = Rule(
    "MZ303",
    "break-unsupported",
    check,
    since="0.1.0",
    bad=(
        Example("a cat BREAK a dog", Context(dialect="comfy")),
        Example("a cat BREAK a dog", Context(family="flux", dialect="sdnext")),
    ),
    good=(
        "a cat BREAK a dog",
        Example("a cat BREAK a dog", Context(family="flux", dialect="forge")),
        Example("a break", Context(dialect="comfy")),
    ),
)
