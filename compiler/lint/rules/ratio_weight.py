"""MZ202 ratio-weight

What it does: finds a weight that looks like the second half of a ratio or a time.
Why it is bad: ``(ratio 16:9)`` weighs the words ``ratio 16`` by 9, which ruins the picture.
Example: ``(ratio 16:9)``   Use instead: ``(ratio 16 to 9)``
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.registry import Rule, Subject
from mezzotint.grammar.diagnostics import Diagnostic, Severity
from mezzotint.grammar.nodes import Emphasis, Text
from mezzotint.grammar.walk import walk

LARGEST_PLAUSIBLE = 3.0


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Yield one finding for each whole number above 3 that weighs a text ending in a digit."""
    for node in walk(subject.tree):
        if not isinstance(node, Emphasis) or not node.weight or not node.children:
            continue
        number, last = node.weight.number, node.children[-1]
        if number is None or number <= LARGEST_PLAUSIBLE or not isinstance(last, Text):
            continue
        if last.value[-1:].isdigit():
            yield Diagnostic(
                "MZ202",
                f"this is a weight of {number:g}, not a ratio or a time",
                node.weight.span,
                Severity.ERROR,
                "reword it without a colon before the bracket",
            )


RULE = Rule("MZ202", "ratio-weight", check, since="0.1.0")
