"""MZ009 decimal-comma

What it does: finds a weight that is written with a comma.
Why it is bad: it is no weight: the number is drawn as text, and the brackets weigh 1.1.
Evidence: stable-diffusion-webui v1.10.1, ComfyUI and compel all read points only; ``(cat:1,3)`` is the text
    "cat:1,3" at 1.1.
Catalogue: PW103
"""

import re
from collections.abc import Iterator

from mezzotint.compiler.lint.context import UNWEIGHED, WITH_WEIGHTS
from mezzotint.compiler.lint.registry import Edit, Found, Remedy, Rule
from mezzotint.compiler.lint.runs import last_run
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Diagnostic, Severity
from mezzotint.grammar.nodes import Emphasis

_NUMBER = re.compile(r":\s*+[+-]?[0-2],\d{1,2}\s*+$")


def check(subject: Subject, node: Emphasis) -> Iterator[Found]:
    """Yield a finding if the group ends in a colon and such a number."""
    last = None if node.weight else last_run(node.children)
    if last and (found := _NUMBER.search(last.text)):
        span = last.span(*found.span())
        number = found.group()[1:].strip()
        message = f'"{number}" is not read as a weight: it is drawn, and the brackets weigh 1.1'
        yield Found(message, span, f"write a point: {number.replace(',', '.')}")


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """A point for the comma."""
    yield diagnostic.span, subject.text(diagnostic.span).replace(",", ".")


RULE = Rule(
    "MZ009",
    "decimal-comma",
    check,
    since="0.1.0",
    dialects=WITH_WEIGHTS,
    families=UNWEIGHED,
    severity=Severity.ERROR,
    nodes=("Emphasis",),
    remedy=Remedy(edits=edits, title="write a point for the comma"),
    bad=("(cat:1,3)", "a (red circle:0,85)"),
    good=("(cat:1.3)", "(cat, dog:1.3)", "(at 10:30, 5)"),
)
