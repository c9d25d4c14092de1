"""MZ204 break-in-group

What it does: finds ``BREAK`` inside brackets that weigh it.
Why it is bad: the weight undoes the break, and the word "break" itself is drawn with a negative weight.
Evidence: in stable-diffusion-webui v1.10.1 a break is the text "BREAK" at weight -1 exactly; brackets
    multiply that, so ``(red BREAK blue:1.2)`` encodes the word at -1.2.
Catalogue: PE211
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.context import A1111_LANGUAGE
from mezzotint.compiler.lint.registry import Edit, Found, Remedy, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Diagnostic, Severity
from mezzotint.grammar.nodes import Break, Deemphasis, Emphasis
from mezzotint.grammar.span import Span
from mezzotint.grammar.walk import walk


def _groups(subject: Subject) -> Iterator[Emphasis | Deemphasis]:
    """The groups that weigh what is in them, outer ones first."""
    for node in walk(subject.tree):
        if isinstance(node, Deemphasis) or (
            isinstance(node, Emphasis) and not (node.weight and node.weight.number == 1)
        ):
            yield node


def check(subject: Subject) -> Iterator[Found]:
    """Yield one finding for each break inside a group whose weight is not exactly 1."""
    seen: set[Span] = set()
    for group in _groups(subject):
        for inner in walk(group):
            if isinstance(inner, Break) and inner.span not in seen:
                seen.add(inner.span)
                yield Found(
                    "brackets around BREAK undo it: the word itself is drawn",
                    inner.span,
                    "close the bracket before BREAK and open it again behind",
                )


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """Close the group before the break and open it behind, if only one is around."""
    around = [g for g in _groups(subject) if g.span.start < diagnostic.span.start < g.span.end]
    if len(around) != 1 or not isinstance(around[0], Emphasis):
        return
    weight = around[0].weight
    closing = f"{weight.value})" if weight else ")"
    at = diagnostic.span
    start = at.start - len(subject.source[: at.start]) + len(subject.source[: at.start].rstrip())
    behind = subject.source[at.end :]
    end = at.end + len(behind) - len(behind.lstrip())
    yield Span(start, end), f"{closing} BREAK ("


RULE = Rule(
    "MZ204",
    "break-in-group",
    check,
    since="0.1.0",
    dialects=A1111_LANGUAGE,
    severity=Severity.ERROR,
    remedy=Remedy(edits=edits, title="close the bracket before BREAK and open it again behind"),
    bad=("(red BREAK blue:1.2)", "[a BREAK b]", "((a BREAK b):1)"),
    good=("(red:1.2) BREAK (blue:1.2)", "(a BREAK b:1)", "a BREAK b"),
)
