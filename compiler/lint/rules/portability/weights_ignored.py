"""MZ302 weights-ignored

What it does: finds weights in a prompt for a model whose text encoder gets them as letters: numbers, and
    brackets inside brackets. A single pair may be one of the sentence.
Why it is bad: brackets and numbers are drawn as text, or change the picture in ways nobody meant.
Evidence: encoders that are language models (Qwen, Z-Image, Krea) get the text as it is written in every
    program (SwarmUI#1441, sd-webui-forge-classic#1434); T5 does in diffusers, InvokeAI and SD.Next, while
    Forge and ComfyUI scale its output.
Catalogue: PW113
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.context import LLM_FAMILIES, T5_FAMILIES, Context
from mezzotint.compiler.lint.groups import Group, factor, groups_of, is_explicit
from mezzotint.compiler.lint.registry import Example, Found, Rule
from mezzotint.compiler.lint.subject import Subject

_WITHOUT_T5_WEIGHTS = ("diffusers", "invoke", "sdnext")


def check(subject: Subject) -> Iterator[Found]:
    """Yield one finding, at the first weight."""
    family, dialect = subject.context.model, subject.context.dialect
    if family in LLM_FAMILIES or (family in T5_FAMILIES and dialect in _WITHOUT_T5_WEIGHTS):
        for around in groups_of(subject):
            if factor(around[-1]) != 1 and (is_explicit(around[-1]) or _is_double(around)):
                message = f"{family} has no weights: its encoder reads brackets and numbers as text"
                yield Found(message, around[-1].span, "remove them, and say in words what matters")
                return


def _is_double(around: tuple[Group, ...]) -> bool:
    """Whether a pair holds nothing but this one, as in ``((cat))``."""
    return len(around) > 1 and around[-2].children == (around[-1],)


_QWEN = Context(family="qwen", dialect="comfy")

RULE = Rule(
    "MZ302",
    "weights-ignored",
    check,
    since="0.1.0",
    bad=(
        Example("a (red:1.3) circle", _QWEN),
        Example("a ((red)) circle", Context(family="flux", dialect="diffusers")),
    ),
    good=(
        "a (red:1.3) circle",
        Example("a red circle (on paper)", _QWEN),
        Example("a (red:1.2) circle", Context(family="flux", dialect="forge")),
    ),
)
