"""MZ202 ratio-weight

What it does: finds a weight that looks like the second half of a ratio or a time.
Why it is bad: ``(ratio 16:9)`` weighs the words ``ratio 16`` by 9, which ruins the picture.
Evidence: A1111, Forge and ComfyUI all read it so; ``(time 12:30)`` is "time 12" at weight 30.
Catalogue: PW104
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.context import UNWEIGHED, WITH_WEIGHTS
from mezzotint.compiler.lint.registry import Edit, Found, Remedy, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Diagnostic, Severity
from mezzotint.grammar.nodes import Emphasis, Text
from mezzotint.grammar.span import Span

LARGEST_PLAUSIBLE = 3.0


def check(subject: Subject, node: Emphasis) -> Iterator[Found]:
    """Yield a finding if a number above 3 weighs a text that ends in a digit."""
    if not node.weight or not node.children:
        return
    number, last = node.weight.number, node.children[-1]
    if number is None or number <= LARGEST_PLAUSIBLE or not isinstance(last, Text):
        return
    if last.value[-1:].isdigit():
        yield Found(
            f"this is a weight of {number:g}, not a ratio or a time: the words before it drown all others",
            node.weight.span,
            "reword it without a colon before the bracket",
        )


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """A word behind the number makes it text; "to" reads as well."""
    yield Span(diagnostic.span.start, diagnostic.span.start + 1), " to "


RULE = Rule(
    "MZ202",
    "ratio-weight",
    check,
    since="0.1.0",
    dialects=WITH_WEIGHTS,
    families=UNWEIGHED,
    severity=Severity.ERROR,
    nodes=("Emphasis",),
    remedy=Remedy(edits=edits, title='write "to" for the colon'),
    bad=("(ratio 16:9)", "a clock (at 10:30)"),
    good=("(ratio 16 to 9)", "(steps 4:1.2)", "ratio 16:9, a cat", "(v2:1.5)"),
)
