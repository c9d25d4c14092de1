"""Prompt text to syntax tree. Any text parses, in time linear in its length."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mezzotint.grammar import lalr, nodes
from mezzotint.grammar.balance import Balancer
from mezzotint.grammar.lalr import Token
from mezzotint.grammar.lexer import POSITIVE, Language, lex
from mezzotint.grammar.span import Span
from mezzotint.grammar.tables.prompt import TABLES

_LEAVES: dict[str, Callable[..., nodes.Leaf]] = {
    "TEXT": nodes.Text,
    "ESCAPE": nodes.Escape,
    "STRAY": nodes.Stray,
    "BREAK": nodes.Break,
    "COMMENT": nodes.Comment,
    "NETWORK": nodes.Network,
}


def _span(first: Token, last: Token) -> Span:
    return Span(first.start, last.end)


def _items(children: list[Any]) -> tuple[nodes.Item, ...]:
    return tuple(_leaf(c) if isinstance(c, Token) else c for c in children)


def _leaf(token: Token) -> nodes.Leaf:
    return _LEAVES[token.kind](token.text, span=_span(token, token))


def _start(branches: list[nodes.Branch]) -> nodes.Prompt:
    return nodes.Prompt(tuple(branches), span=Span(branches[0].span.start, branches[-1].span.end))


def _branch(children: list[Any]) -> nodes.Branch:
    (items,) = children
    return nodes.Branch(items, span=_extent(items))


def _weighted_branch(children: list[Any]) -> nodes.Branch:
    items, token, tail = children
    weight = nodes.BranchWeight(token.text, span=_span(token, token))
    return nodes.Branch(items, weight, tail, span=_extent((*items, weight, *tail)))


def _emphasis(children: list[Any]) -> nodes.Emphasis:
    opened, items, closed = children
    return nodes.Emphasis(items, span=_span(opened, closed))


def _weighted(children: list[Any]) -> nodes.Emphasis:
    opened, items, token, closed = children
    weight = nodes.Weight(token.text, span=_span(token, token))
    return nodes.Emphasis(items, weight, span=_span(opened, closed))


def _deemphasis(children: list[Any]) -> nodes.Deemphasis:
    opened, items, closed = children
    return nodes.Deemphasis(items, span=_span(opened, closed))


def _appearing(children: list[Any]) -> nodes.Scheduled:
    opened, after, when, closed = children
    return nodes.Scheduled(None, after, when.text[1:], span=_span(opened, closed))


def _scheduled(children: list[Any]) -> nodes.Scheduled:
    opened, before, after, when, closed = children
    return nodes.Scheduled(before, after, when.text[1:], span=_span(opened, closed))


def _alternation(children: list[Any]) -> nodes.Alternation:
    opened, *options, closed = children
    return nodes.Alternation(tuple(options), span=_span(opened, closed))


def _extent(children: tuple[nodes.Node, ...]) -> Span:
    return Span(children[0].span.start, children[-1].span.end) if children else Span(0, 0)


_ACTIONS: dict[str, lalr.Action] = {  # by the names of the rules in prompt.lark
    "start": _start,
    "items": _items,
    "trivia": _items,
    "branch": _branch,
    "weighted_branch": _weighted_branch,
    "emphasis": _emphasis,
    "weighted": _weighted,
    "deemphasis": _deemphasis,
    "appearing": _appearing,
    "scheduled": _scheduled,
    "alternation": _alternation,
}


def parse(source: str, language: Language = POSITIVE) -> nodes.Prompt:
    """The syntax tree of a prompt; broken brackets become :class:`~mezzotint.grammar.nodes.Stray`."""
    tokens: list[Token] = []
    starts = [0]
    flags: list[bool] = []
    for branch in lex(source, language):
        if branch and branch[0].kind == "_AND":
            starts.append(branch[0].end)
            tokens += branch
            continue
        balancer = Balancer(branch)
        tokens += balancer.run()
        flags.append(balancer.schedulable)
    tree: nodes.Prompt = lalr.run(TABLES, tokens, _ACTIONS)
    branches = tuple(
        replace(
            branch,
            schedulable=flag,
            span=branch.span if len(branch.span) else Span(start, start),
        )
        for branch, flag, start in zip(tree.branches, flags, starts, strict=True)
    )
    return nodes.Prompt(branches, span=Span(0, len(source)))
