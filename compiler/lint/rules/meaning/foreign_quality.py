"""MZ222 foreign-quality

What it does: finds Pony's quality tags in a prompt for another model.
Why it is bad: only Pony Diffusion was trained on them; elsewhere they are noise of many tokens, and words
    to models that read sentences.
Evidence: ``score_9`` is three tokens to CLIP, the chain of Pony's six tags more than thirty.
Catalogue: PT407
"""

import re
from collections.abc import Iterator

from mezzotint.compiler.lint.context import LLM_FAMILIES, T5_FAMILIES, Context
from mezzotint.compiler.lint.registry import Example, Found, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Severity
from mezzotint.grammar.span import Span

_SCORE = re.compile(r"\bscore_\d(?:_up)?\b")


def check(subject: Subject) -> Iterator[Found]:
    """Yield one finding, at the first of them, where the model is known to be another."""
    if subject.context.family is None:
        return
    if found := _SCORE.search(subject.source):
        family = subject.context.family
        yield Found(f"a quality tag of Pony's means nothing to {family}", Span(*found.span()), "remove it")


RULE = Rule(
    "MZ222",
    "foreign-quality",
    check,
    since="0.1.0",
    families={"pony": None, **dict.fromkeys((*T5_FAMILIES, *LLM_FAMILIES), Severity.WARNING)},
    severity=Severity.INFO,
    is_default=False,
    is_preview=True,
    bad=(Example("score_9, score_8_up, a cat", Context(family="sdxl")),),
    good=("score_9, a cat", Example("score_9, a cat", Context(family="pony"))),
)
