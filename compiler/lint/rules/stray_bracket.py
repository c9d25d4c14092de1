"""MZ003 stray-bracket

What it does: finds a bracket that has no partner.
Why it is bad: an opening one emphasises everything up to the end of the prompt, a closing one is drawn
    as text; both undo the prompt editing that they stand in.
Example: ``(cat, dog``   Use instead: ``(cat), dog``, or ``\\(`` for the character itself
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.registry import Rule, Subject
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.nodes import Stray
from mezzotint.grammar.walk import walk

_PARTNER = {"(": ")", "[": "]", ")": "(", "]": "["}
_EFFECT = {
    "(": "everything up to the end is emphasised by 1.1",
    "[": "everything up to the end is weakened by 1/1.1",
    ")": "it is drawn as text",
    "]": "it is drawn as text",
}


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Yield one finding for each bracket without a partner."""
    for node in walk(subject.tree):
        if isinstance(node, Stray) and node.value in _PARTNER:
            partner = _PARTNER[node.value]
            yield Diagnostic(
                "MZ003",
                f'"{node.value}" without a "{partner}": {_EFFECT[node.value]}',
                node.span,
                help=f'add the "{partner}", or write \\{node.value} for the character',
            )


RULE = Rule("MZ003", "stray-bracket", check, since="0.1.0")
