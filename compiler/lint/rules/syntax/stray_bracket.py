"""MZ003 stray-bracket

What it does: finds a bracket that has no partner.
Why it is bad: an opening one emphasises everything up to the end of the prompt, a closing one is drawn
    as text; both undo the prompt editing that they stand in.
Evidence: AUTOMATIC1111#16718 asks for a check of the order of brackets, too; A1111's own counter in the
    browser only counts them.
Catalogue: PS001, PS002, PS003
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.context import UNWEIGHED, WITH_WEIGHTS
from mezzotint.compiler.lint.registry import Edit, Found, Remedy, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.nodes import Stray
from mezzotint.grammar.span import Span

_PARTNER = {"(": ")", "[": "]", ")": "(", "]": "["}
_IN_COMFY = "the rest of the prompt is plain text"
_EFFECT = {
    "(": "everything up to the end is emphasised by 1.1",
    "[": "everything up to the end is weakened by 1/1.1",
    ")": "it is drawn as text",
    "]": "it is drawn as text",
}


def check(subject: Subject, node: Stray) -> Iterator[Found]:
    """Yield a finding if this is a bracket."""
    if node.value not in _PARTNER or (node.value in "[]" and subject.context.dialect == "comfy"):
        return
    partner = _PARTNER[node.value]
    effect = _IN_COMFY if subject.context.dialect == "comfy" else _EFFECT[node.value]
    yield Found(
        f'"{node.value}" without a "{partner}": {effect}',
        node.span,
        f'add the "{partner}", or write \\{node.value} for the character',
    )


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """Close before the next comma what is open; take away what closes nothing."""
    bracket = subject.text(diagnostic.span)
    if bracket in ")]":
        yield diagnostic.span, ""
        return
    rest = subject.source[diagnostic.span.end :]
    ends = [at for mark in ",\n" if (at := rest.find(mark)) >= 0]
    end = diagnostic.span.end + min(ends, default=len(rest.rstrip()))
    if not set(subject.source[diagnostic.span.end : end]) & set("()[]\\"):
        yield Span(end, end), _PARTNER[bracket]


RULE = Rule(
    "MZ003",
    "stray-bracket",
    check,
    since="0.1.0",
    dialects=WITH_WEIGHTS,
    families=UNWEIGHED,
    nodes=("Stray",),
    remedy=Remedy(edits=edits, title="close the bracket before the next comma, or take it away"),
    bad=("(cat, dog", "cat) dog", "[a cat", ") ("),
    good=("(cat), dog", r"a smile :\)", r"rem \(re:zero\)"),
)
