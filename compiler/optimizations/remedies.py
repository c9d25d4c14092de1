"""Optimizations that are remedies of lint rules: each rule finds what to change, and how.

Those of rules that speak of style as well, such as stacked brackets, count where the text becomes shorter.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from mezzotint.compiler.lint.registry import Edit, Found, Rule
from mezzotint.compiler.lint.rules.style import neutral_weight, stacked_brackets
from mezzotint.compiler.lint.rules.syntax import empty_group, lost_backslash
from mezzotint.compiler.lint.subject import Subject
from mezzotint.compiler.optimizations.optimization import Candidate, Example, Optimization, View, kept
from mezzotint.grammar.diagnostics import Severity
from mezzotint.grammar.nodes import Branch, Deemphasis, Emphasis, Escape, Item, Prompt
from mezzotint.grammar.span import Span

MAX_FOUND = 2_000
"""Findings of a rule that are put right in one go."""


class _Near(Subject):
    """A subject cut down to one node, so that a remedy need not look for its own among all."""

    __slots__ = ()

    def __init__(self, subject: Subject, node: Item) -> None:
        super().__init__(subject.source, negative=subject.negative, context=subject.context)
        self._tree = Prompt((Branch((node,), span=node.span),), span=node.span)


def _candidates(rule: Rule) -> Callable[[View], Iterable[Candidate]]:
    def candidates(view: View) -> Iterator[Candidate]:
        for found, node in islice(_found(rule, view), MAX_FOUND):
            diagnostic = rule.diagnostic(found, Severity.INFO)
            edits = rule.remedy.edits(_Near(view.subject, node), diagnostic) if rule.remedy else ()
            small = tuple(part for edit in edits for part in _narrowed(edit, view.source))
            if small:
                yield Candidate(Span(small[0][0].start, small[-1][0].end), small)

    return candidates


def _found(rule: Rule, view: View) -> Iterator[tuple[Found, Item]]:
    """What a rule finds, and the node that it speaks of."""
    for name in rule.nodes:
        for node in view.subject.nodes.get(name, ()):
            if isinstance(node, Emphasis | Deemphasis | Escape):
                yield from ((found, node) for found in rule.check(view.subject, node))
    if rule.nodes:
        return
    places = {node.span: node for node in view.nodes(Emphasis)}
    yield from ((found, places[found.span]) for found in rule.check(view.subject) if found.span in places)


def _narrowed(edit: Edit, source: str) -> Iterator[Edit]:
    """What is left of a text stays where it is, so that it can be changed, too."""
    span, text = edit
    at = source.find(text, span.start, span.end)
    if not text or at < 0:
        yield edit
        return
    for part in (Span(span.start, at), Span(at + len(text), span.end)):
        if len(part):
            yield part, ""


def _of_rule(rule: Rule, *, examples: tuple[Example, ...], stay: tuple[Example, ...]) -> Optimization:
    title = rule.remedy.title if rule.remedy else rule.name
    return Optimization(rule.name, title, _candidates(rule), examples, stay)


REMEDIES = (
    _of_rule(
        lost_backslash.RULE,
        examples=(Example(r"hatsune\_miku", "hatsune_miku"),),
        stay=(kept(r"rem \(re:zero\)"), kept(r"a\n b"), kept(r"[a\:b|c]")),
    ),
    _of_rule(
        empty_group.RULE,
        examples=(Example("a cat, ()", "a cat,"), Example("a(:1.2) cat(())", "a cat")),
        stay=(kept(r"\(\)"), kept("()", negative=True)),
    ),
    _of_rule(
        neutral_weight.RULE,
        examples=(
            Example("a (cat:1), (red:1.0)", "a cat, red"),
            Example("(((cat:1):1) (red:1):1.2)", "(cat red:1.2)"),
        ),
        stay=(kept("(cat:1.01)"), kept("(at 5:1.2:1)")),
    ),
    _of_rule(
        stacked_brackets.RULE,
        examples=(Example("((cat:1.2)) dog", "(cat:1.32) dog"),),
        stay=(kept("((cat)) dog"), kept("((red) cat)")),
    ),
)
