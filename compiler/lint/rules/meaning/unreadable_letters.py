"""MZ227 unreadable-letters

What it does: finds words in scripts that T5 has no pieces for: Chinese, Japanese, Korean, Greek, Arabic, …
Why it is bad: the whole word is one unknown sign to T5, whatever it says, so the picture knows nothing of
    it.
Evidence: the vocabulary of T5 v1.1, which FLUX.1, SD 3 and PixArt read with, was learnt from English,
    German, French and Romanian; ``一只猫`` is the token ``<unk>``. Qwen and its kin read such scripts.
"""

import re
from collections.abc import Iterator

from mezzotint.compiler.lint.context import CLIP_FAMILIES, LLM_FAMILIES, Context
from mezzotint.compiler.lint.counting import among
from mezzotint.compiler.lint.registry import Example, Found, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Severity
from mezzotint.grammar.span import Span

_WORDS = re.compile("[\u0370-\u03ff\u0590-\u06ff\u0900-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,}")


def check(subject: Subject) -> Iterator[Found]:
    """Yield one finding, at the first such word."""
    if subject.source.isascii():
        return
    found = list(_WORDS.finditer(subject.source))
    if found:
        message = f"T5 cannot read this script: the word is one unknown sign to it{among(found)}"
        yield Found(message, Span(*found[0].span()), "translate it")


_FLUX = Context(family="flux")

RULE = Rule(
    "MZ227",
    "unreadable-letters",
    check,
    since="0.1.0",
    severity=Severity.ERROR,
    families=dict.fromkeys((*CLIP_FAMILIES, *LLM_FAMILIES)),
    bad=(Example("一只猫", _FLUX), Example("a cat, 夜空, 看板", Context(family="sd3"))),
    good=("一只猫", Example("a café in Łódź", _FLUX), Example("一只猫", Context(family="qwen"))),
)
