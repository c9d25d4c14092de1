"""MZ306 deep-brackets

What it does: finds brackets nested five deep or more in a prompt for compel or InvokeAI.
Why it is bad: their parser takes twice as long or more for each one; eight deep it takes minutes.
Evidence: compel#77 and compel#103; compel 2.5.1 took 17 s for a balanced nest of six, and 28 s for six
    that are not closed.
Catalogue: PS004
"""

from collections.abc import Iterator
from math import prod

from mezzotint.compiler.lint.context import Context
from mezzotint.compiler.lint.groups import factor, groups_of
from mezzotint.compiler.lint.registry import Edit, Example, Found, Remedy, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Diagnostic, Severity
from mezzotint.grammar.nodes import Emphasis, Stray
from mezzotint.grammar.span import Span

DEPTH = 5


def check(subject: Subject) -> Iterator[Found]:
    """Yield one finding, at the first nest that is so deep, or at a run of brackets that none closes."""
    nest = next((g[0] for g in groups_of(subject) if sum(isinstance(n, Emphasis) for n in g) >= DEPTH), None)
    strays = [n for n in subject.nodes.get("Stray", ()) if isinstance(n, Stray) and n.value == "("]
    if nest:
        yield _found(nest.span)
    elif len(strays) >= DEPTH:
        yield _found(Span(strays[0].span.start, strays[-1].span.end))


def _found(span: Span) -> Found:
    return Found("brackets so deep take minutes to read", span, "write one weight for them")


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """One pair of brackets with the product, for a nest of nothing but brackets."""
    for around in groups_of(subject):
        inner = around[-1]
        is_nest = all(len(g.children) == 1 and isinstance(g, Emphasis) for g in around[:-1])
        if around[0].span == diagnostic.span and len(around) >= DEPTH and is_nest and inner.children:
            if any(isinstance(child, Emphasis) for child in inner.children):
                continue
            body = subject.source[inner.children[0].span.start : inner.children[-1].span.end]
            yield around[0].span, f"({body}:{prod(factor(group) for group in reversed(around))!r})"
            return


_COMPEL = Context(dialect="compel")

RULE = Rule(
    "MZ306",
    "deep-brackets",
    check,
    since="0.1.0",
    dialects=("compel", "invoke"),
    severity=Severity.ERROR,
    remedy=Remedy(edits=edits, title="write one weight for the nest", is_safe=True),
    bad=(
        Example("a (((((cat)))))", _COMPEL),
        Example("(((((cat", _COMPEL),
    ),
    good=("a ((((cat))))", Example("a ((cat))", _COMPEL)),
)
