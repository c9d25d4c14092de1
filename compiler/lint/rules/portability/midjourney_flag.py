"""MZ307 midjourney-flag

What it does: finds a flag of Midjourney's in a prompt for another program.
Why it is bad: it is drawn: "ar" and "16" are tokens like all others.
Evidence: no program of the Stable Diffusion family reads ``--ar 16:9``; the size is a setting, and what
    stands behind ``--no`` is a negative prompt.
Catalogue: PU506
"""

import re
from collections.abc import Iterator

from mezzotint.compiler.lint.context import Context
from mezzotint.compiler.lint.registry import Edit, Example, Found, Remedy, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.midjourney_flags import NAMES
from mezzotint.grammar.span import Span

_FLAG = re.compile(r"(?<!\S)(?:--|–-|[—–])([A-Za-z]+)(?=[\s,]|$)(?:\s+[\d.:]+(?=[\s,]|$))?")
_REMEDY = {
    "ar": "set the size instead",
    "aspect": "set the size instead",
    "no": "move the words to the negative prompt",
    "seed": "set the seed instead",
}


def check(subject: Subject) -> Iterator[Found]:
    """Yield one finding for each known flag."""
    if subject.context.dialect == "midjourney":
        return
    for found in _FLAG.finditer(subject.visible):
        name = found[1].lower()
        if name in NAMES:
            message = f'"--{name}" is a flag to Midjourney alone: here it is drawn'
            yield Found(message, Span(*found.span()), _REMEDY.get(name, "remove it"))


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """Remove the flag and its number."""
    if not subject.text(diagnostic.span).endswith("no"):
        start = len(subject.source[: diagnostic.span.start].rstrip())
        yield Span(start, diagnostic.span.end), ""


RULE = Rule(
    "MZ307",
    "midjourney-flag",
    check,
    since="0.1.0",
    remedy=Remedy(edits=edits, title="remove the flag"),
    bad=("a cat --ar 16:9,", "a cat --no dogs", "a cat —v 6 red"),
    good=("a cat -- a dog", "train — a study", Example("a cat --ar 16:9", Context(dialect="midjourney"))),
)
