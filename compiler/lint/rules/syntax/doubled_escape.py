r"""MZ041 doubled-escape

What it does: finds brackets behind two backslashes, as in ``astolfo \\(fate\\)``.
Why it is bad: the two are one backslash that is drawn, and the bracket weighs: the opposite of what is meant.
Evidence: in stable-diffusion-webui v1.10.1 ``\\(fate\\)`` is "\" and "fate\" at 1.1. Prompts that are copied
    out of JSON files and source code have their escapes twice.
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.context import A1111_LANGUAGE, UNWEIGHED
from mezzotint.compiler.lint.counting import among
from mezzotint.compiler.lint.registry import Edit, Found, Remedy, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.nodes import Emphasis, Escape
from mezzotint.grammar.span import Span

_TWO = "\\\\"


def _groups(subject: Subject) -> Iterator[Emphasis]:
    """Groups that both brackets are doubly escaped of."""
    for node in subject.nodes.get("Emphasis", ()):
        if isinstance(node, Emphasis) and node.weight is None and node.children:
            last = node.children[-1]
            is_closed_so = isinstance(last, Escape) and last.value == _TWO
            if is_closed_so and subject.source.endswith(_TWO, 0, node.span.start):
                yield node


def check(subject: Subject) -> Iterator[Found]:
    """Yield one finding, at the first such group."""
    found = list(_groups(subject))
    if found:
        yield Found(
            f"two backslashes are one that is drawn, and these brackets weigh{among(found)}",
            Span(found[0].span.start - len(_TWO), found[0].span.end),
            r"write one backslash before each: \( and \)",
        )


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """One backslash for two, before the brackets of all these groups."""
    for group in _groups(subject):
        for bracket in (group.span.start, group.span.end - 1):
            yield Span(bracket - len(_TWO), bracket), "\\"


RULE = Rule(
    "MZ041",
    "doubled-escape",
    check,
    since="0.1.0",
    dialects=A1111_LANGUAGE,
    families=UNWEIGHED,
    remedy=Remedy(edits=edits, title="write one backslash before each bracket"),
    bad=(r"1boy, astolfo \\(fate\\), smile",),
    good=(r"1boy, astolfo \(fate\), smile", r"a \\ (b)"),
)
