"""MZ309 fullwidth-weight

What it does: finds brackets or colons of full width where a weight seems to be meant.
Why it is bad: they are plain characters: nothing is weighed, and they are drawn.
Evidence: stable-diffusion-webui v1.10.1 reads ``（cat：1.3）`` as text; East Asian keyboards type
    these signs.
Catalogue: PU501
"""

import re
from collections.abc import Iterator

from mezzotint.compiler.lint.context import UNWEIGHED, WITH_WEIGHTS
from mezzotint.compiler.lint.registry import Edit, Found, Remedy, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.span import Span

_WEIGHT = re.compile(
    r"（[^（）()]*[:：]\s*+[\d.．]++\s*+[）)]|\([^（）()]*：\s*+[\d.．]++\s*+[）)]|\([^（）()]*:\s*+[\d.．]++\s*+）"
    r"|(?<!（)（{2,}+[^（）]*+）{2,}"
)
_ASCII = str.maketrans("（）：．，", "():.,")


def check(subject: Subject) -> Iterator[Found]:
    """Yield one finding for each such weight."""
    for found in _WEIGHT.finditer(subject.visible):
        yield Found(
            "signs of full width weigh nothing: this is drawn as text",
            Span(*found.span()),
            f"write {found[0].translate(_ASCII)}",
        )


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """The same with ASCII signs."""
    yield diagnostic.span, subject.text(diagnostic.span).translate(_ASCII)


RULE = Rule(
    "MZ309",
    "fullwidth-weight",
    check,
    since="0.1.0",
    dialects=WITH_WEIGHTS,
    families=UNWEIGHED,
    remedy=Remedy(edits=edits, title="write the signs of ASCII"),
    bad=("（cat：1.3）", "a （（cat））", "(cat：1.3)"),
    good=("(cat:1.3)", "猫（白い）", "一只猫，一只狗"),
)
