"""MZ223 foreign-script

What it does: finds words in Chinese, Japanese or Korean in a prompt for a model with CLIP encoders.
Why it is bad: CLIP of SD 1, SD 2 and SDXL learnt from English captions; each such letter is two or three
    tokens of bytes that mean next to nothing to it.
Evidence: CLIP's vocabulary has hardly a word of these languages.
Catalogue: PT408
"""

import re
from collections.abc import Iterator

from mezzotint.compiler.lint.context import LLM_FAMILIES, T5_FAMILIES, Context
from mezzotint.compiler.lint.registry import Example, Found, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Severity
from mezzotint.grammar.span import Span

_LETTERS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,}")


def check(subject: Subject) -> Iterator[Found]:
    """Yield one finding, at the first such word."""
    if subject.source.isascii():
        return
    if found := _LETTERS.search(subject.source):
        yield Found(
            "CLIP has learnt from English captions: this means next to nothing to it",
            Span(*found.span()),
            "translate it",
        )


RULE = Rule(
    "MZ223",
    "foreign-script",
    check,
    since="0.1.0",
    severity=Severity.INFO,
    families=dict.fromkeys((*T5_FAMILIES, *LLM_FAMILIES)),
    is_default=False,
    is_preview=True,
    bad=("一只猫", "a cat, 夜空"),
    good=("a cat", Example("一只猫", Context(family="qwen"))),
)
