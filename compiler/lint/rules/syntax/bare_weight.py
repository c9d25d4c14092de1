"""MZ042 bare-weight

What it does: finds words with a colon and a weight behind them, and no brackets around.
Why it is bad: nothing is weighed; the colon and the number are drawn. At the end of the prompt the number
    weighs all of it (MZ201).
Evidence: in stable-diffusion-webui v1.10.1 ``masterpiece:1.2, a cat`` is that very text at weight 1.
"""

import re
from collections.abc import Iterator

from mezzotint.compiler.lint.context import UNWEIGHED, WITH_WEIGHTS
from mezzotint.compiler.lint.counting import among
from mezzotint.compiler.lint.registry import Edit, Found, Remedy, Rule
from mezzotint.compiler.lint.runs import runs
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.span import Span

_WEIGHT = re.compile(
    r"(?<=[^\W\d_])(?<!\b[fF])(?<!ratio)(?<!scale)(?<!aspect)\s?:[0-2]?\.\d{1,6}(?=[^\S\n]*[,\n])"
)


def _weights(subject: Subject) -> Iterator[Span]:
    for branch in subject.tree.branches:
        for run in runs(branch.children):
            for found in _WEIGHT.finditer(run.text):
                yield run.span(*found.span())


def check(subject: Subject) -> Iterator[Found]:
    """Yield one finding, at the first of them."""
    if not (found := list(_weights(subject))):
        return
    message = f"no brackets, no weight: the number is drawn as text{among(found)}"
    yield Found(message, found[0], "write (words:1.2)")


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """Brackets around the words since the last comma, and behind the number."""
    for span in _weights(subject):
        begin = max(subject.source.rfind(mark, 0, span.start) for mark in ",\n|") + 1
        words = subject.source[begin : span.start].lstrip()
        if words and not set(words) & set("()[]<>\\"):
            start = span.start - len(words)
            yield Span(start, span.end), f"({words.rstrip()}:{subject.text(span).strip(' :')})"


RULE = Rule(
    "MZ042",
    "bare-weight",
    check,
    since="0.1.0",
    dialects=WITH_WEIGHTS,
    families=UNWEIGHED,
    remedy=Remedy(edits=edits, title="put brackets around the words"),
    bad=("masterpiece:1.2, a cat", "a cat, best quality :1.3, red hair:0.85, dog"),
    good=("(masterpiece:1.2), a cat", "a lens, f:1.8, bokeh", "ratio:1.5, a cat", "at 10:30, a cat"),
)
