"""MZ204 break-in-group

What it does: finds ``BREAK`` inside brackets that weigh it.
Why it is bad: the weight undoes the break, and the word "break" itself is drawn with a negative weight.
Example: ``(red BREAK blue:1.2)``   Use instead: ``(red:1.2) BREAK (blue:1.2)``
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.registry import Rule, Subject
from mezzotint.grammar.diagnostics import Diagnostic, Severity
from mezzotint.grammar.nodes import Break, Deemphasis, Emphasis
from mezzotint.grammar.walk import walk


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Yield one finding for each break inside a group whose weight is not exactly 1."""
    seen = set()
    for node in walk(subject.tree):
        weighs = isinstance(node, Deemphasis) or (
            isinstance(node, Emphasis) and not (node.weight and node.weight.number == 1)
        )
        if not weighs:
            continue
        for inner in walk(node):
            if isinstance(inner, Break) and inner.span not in seen:
                seen.add(inner.span)
                yield Diagnostic(
                    "MZ204",
                    "brackets around BREAK undo it: the word itself is drawn",
                    inner.span,
                    Severity.ERROR,
                    "close the bracket before BREAK and open it again behind",
                )


RULE = Rule("MZ204", "break-in-group", check, since="0.1.0")
