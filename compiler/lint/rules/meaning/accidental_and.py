"""MZ213 accidental-and

What it does: finds ``AND`` between two words in capitals.
Why it is bad: it splits the prompt into two that are drawn over each other, while a word seems to be meant.
Evidence: stable-diffusion-webui v1.10.1 makes "ROCK" and "ROLL" of ``ROCK AND ROLL``, each at full guidance;
    ``and`` is a word.
Catalogue: PE209
"""

import re
from collections.abc import Iterator

from mezzotint.compiler.lint.context import A1111_LANGUAGE
from mezzotint.compiler.lint.registry import Edit, Found, Remedy, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.span import Span

_BETWEEN = re.compile(r"\b(?!BREAK\b)[A-Z]{2,} (AND) (?!BREAK\b)[A-Z]{2,}\b")


def check(subject: Subject) -> Iterator[Found]:
    """Yield one finding for each AND in a row of capitals."""
    if subject.negative or len(subject.tree.branches) == 1:
        return
    splits = {subject.source.find("AND", branch.span.end) for branch in subject.tree.branches}
    for found in _BETWEEN.finditer(subject.source):
        span = Span(*found.span(1))
        if span.start in splits:
            message = "AND in capitals splits the prompt in two, which are drawn over each other"
            yield Found(message, span, "write it in lower case if it is a word")


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """The word in lower case is only a word."""
    yield diagnostic.span, "and"


RULE = Rule(
    "MZ213",
    "accidental-and",
    check,
    since="0.1.0",
    dialects=A1111_LANGUAGE,
    remedy=Remedy(edits=edits, title="write the word in lower case"),
    bad=("ROCK AND ROLL poster", "a BLACK AND WHITE photo"),
    good=("a cat AND a dog", "ROCK and ROLL", "rock and roll"),
)
