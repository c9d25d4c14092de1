"""MZ008 unread-weight

What it does: finds brackets with what looks like a weight and is not read as one.
Why it is bad: the number is drawn as text, and the brackets weigh 1.1.
Evidence: stable-diffusion-webui v1.10.1 reads digits and points right before the closing bracket and nothing
    else: ``(cat:1e1)``, ``(cat:)``, ``(cat;1.3)``, ``(cat 1.3)`` and ``(cat:1.3, dog)`` are texts at 1.1;
    of two numbers the last one weighs, and the other is text.
Catalogue: PW102
"""

import re
from collections.abc import Iterator

from mezzotint.compiler.lint.context import UNWEIGHED, WITH_WEIGHTS
from mezzotint.compiler.lint.registry import Edit, Found, Remedy, Rule
from mezzotint.compiler.lint.runs import last_run, runs
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.nodes import Emphasis
from mezzotint.grammar.span import Span

_NUMBER = r"[+-]?\d?\.\d+"
_AT_END = re.compile(
    rf":\s*+(?:[+-]?\d*\.?\d+[eE][+-]?\d+|\d+_\d+|\d*\.\d+[a-z%]|[oO]\.\d+|\d\.[oO])?+\s*+$"
    rf"|[=;]\s*+{_NUMBER}\s*+$"
)
_INSIDE = re.compile(rf":\s?{_NUMBER}(?=\s*,)")
_WITHOUT_SIGN = re.compile(r"(?<=[a-z]{3})\s++[01]\.\d{1,2}\s*+$")
_UNITS = re.compile(
    r"\b(?:version|ver|sigma|model|stable diffusion|ratio|scale|size|score|level)\s++[\d.]++\s*+$",
    re.IGNORECASE,
)
_BEFORE_ANOTHER = re.compile(rf":\s?{_NUMBER}$")
_WRONG_SIGN = re.compile(rf"[=;](?=\s*{_NUMBER}$)")


def check(subject: Subject, node: Emphasis) -> Iterator[Found]:
    """Yield a finding for each number that does not weigh."""
    for run in runs(node.children):
        for found in _INSIDE.finditer(run.text):
            yield Found(
                "not read as a weight but drawn: it does not stand right before the closing bracket",
                run.span(*found.span()),
                "close the bracket behind the number",
            )
    last = last_run(node.children)
    if node.weight:
        if last and (found_at := _BEFORE_ANOTHER.search(last.text)):
            message = f'only "{node.weight.value[1:].strip()}" is read as a weight, this number is drawn'
            yield Found(message, last.span(*found_at.span()), "leave one number")
        return
    if last and len(last.text) > 1 and (found_at := _AT_END.search(last.text)):
        span = last.span(*found_at.span())
        yield Found("not read as a weight: it is drawn, and the brackets weigh 1.1", span, _HELP)
    elif last and (found_at := _WITHOUT_SIGN.search(last.text)) and not _UNITS.search(last.text):
        message = "not read as a weight, as no colon is before it: the number is drawn"
        yield Found(message, last.span(*found_at.span()), _HELP)


_HELP = "write a colon and a number such as 1.2"


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """A colon for another sign."""
    text, start = subject.text(diagnostic.span), diagnostic.span.start
    if wrong := _WRONG_SIGN.match(text.rstrip()):
        yield Span(*wrong.span()).shift(start), ":"
    elif text[0].isspace():
        yield Span(start, start + len(text) - len(text.lstrip())), ":"


RULE = Rule(
    "MZ008",
    "unread-weight",
    check,
    since="0.1.0",
    dialects=WITH_WEIGHTS,
    families=UNWEIGHED,
    nodes=("Emphasis",),
    remedy=Remedy(edits=edits, title="write a colon before the weight"),
    bad=(
        "(cat:1e1)",
        "(cat:)",
        "(cat;1.3)",
        "(cat:1.3, dog)",
        "(cat:1.3f)",
        "(cat:1_3)",
        "(cat 1.3)",
        "(cat:1.2:1.3)",
    ),
    good=("(cat:1.3)", "(cat at 10:30pm)", "(a: b)", "(cat), (dog: 1.2)", "(f 1.8)", "(version 1.5)"),
)
