"""MZ008 unread-weight

What it does: finds brackets with what looks like a weight and is not read as one.
Why it is bad: the number is drawn as text, and the brackets weigh 1.1.
Evidence: stable-diffusion-webui v1.10.1 reads digits and points right before the closing bracket and nothing
    else: ``(cat:1e1)``, ``(cat:)``, ``(cat;1.3)`` and ``(cat:1.3, dog)`` are texts at 1.1.
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
_INSIDE = re.compile(rf":{_NUMBER}(?=\s*,)")
_WRONG_SIGN = re.compile(rf"[=;](?=\s*{_NUMBER}$)")


def check(subject: Subject, node: Emphasis) -> Iterator[Found]:
    """Yield a finding for each number that does not weigh."""
    for run in runs(node.children):
        for found in _INSIDE.finditer(run.text):
            yield Found(
                "not read as a weight: it does not stand right before the closing bracket",
                run.span(*found.span()),
                "close the bracket behind the number",
            )
    last = None if node.weight else last_run(node.children)
    if last and len(last.text) > 1 and (found_at := _AT_END.search(last.text)):
        span = last.span(*found_at.span())
        yield Found("not read as a weight", span, "write a colon and a number such as 1.2")


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """A colon for another sign."""
    if wrong := _WRONG_SIGN.match(subject.text(diagnostic.span).rstrip()):
        yield Span(*wrong.span()).shift(diagnostic.span.start), ":"


RULE = Rule(
    "MZ008",
    "unread-weight",
    check,
    since="0.1.0",
    dialects=WITH_WEIGHTS,
    families=UNWEIGHED,
    nodes=("Emphasis",),
    remedy=Remedy(edits=edits, title="write a colon before the weight"),
    bad=("(cat:1e1)", "(cat:)", "(cat;1.3)", "(cat:1.3, dog)", "(cat:1.3f)", "(cat:1_3)"),
    good=("(cat:1.3)", "(cat at 10:30pm)", "(a: b)", "(cat), (dog: 1.2)"),
)
