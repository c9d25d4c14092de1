"""Prompt text to syntax tree. Any text parses, in time linear in its length."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

from lark import Lark, Token, Transformer
from lark.lexer import Lexer

from mezzotint.grammar import nodes
from mezzotint.grammar.balance import Balancer
from mezzotint.grammar.lexer import POSITIVE, Language, lex
from mezzotint.grammar.span import Span

_LEAVES: dict[str, Callable[..., nodes.Leaf]] = {
    "TEXT": nodes.Text,
    "ESCAPE": nodes.Escape,
    "STRAY": nodes.Stray,
    "BREAK": nodes.Break,
    "COMMENT": nodes.Comment,
    "NETWORK": nodes.Network,
}


def _span(first: Token, last: Token) -> Span:
    return Span(first.start_pos or 0, last.end_pos or 0)


class _Tokens(Lexer):
    """Hands lark the tokens that were classified before; ``prompt.lark`` declares their kinds."""

    def __init__(self, lexer_conf: Any) -> None:
        """Lark builds the lexer from its configuration, of which nothing is needed here."""

    def lex(self, data: list[Token], _parser_state: Any = None) -> Iterator[Token]:  # type: ignore[override]
        return iter(data)


class _Builder(Transformer[Token, nodes.Prompt]):
    """Reductions of ``prompt.lark`` to nodes, called by the parser as it goes."""

    def start(self, branches: list[nodes.Branch]) -> nodes.Prompt:
        end = branches[-1].span.end
        return nodes.Prompt(tuple(branches), span=Span(branches[0].span.start, end))

    def items(self, children: list[Any]) -> tuple[nodes.Item, ...]:
        return tuple(self._leaf(c) if isinstance(c, Token) else c for c in children)

    trivia = items

    @staticmethod
    def _leaf(token: Token) -> nodes.Leaf:
        return _LEAVES[token.type](str(token), span=_span(token, token))

    def branch(self, children: list[Any]) -> nodes.Branch:
        (items,) = children
        return nodes.Branch(items, span=_extent(items))

    def weighted_branch(self, children: list[Any]) -> nodes.Branch:
        items, token, tail = children
        weight = nodes.BranchWeight(str(token), span=_span(token, token))
        return nodes.Branch(items, weight, tail, span=_extent((*items, weight, *tail)))

    def emphasis(self, children: list[Any]) -> nodes.Emphasis:
        opened, items, closed = children
        return nodes.Emphasis(items, span=_span(opened, closed))

    def weighted(self, children: list[Any]) -> nodes.Emphasis:
        opened, items, token, closed = children
        weight = nodes.Weight(str(token), span=_span(token, token))
        return nodes.Emphasis(items, weight, span=_span(opened, closed))

    def deemphasis(self, children: list[Any]) -> nodes.Deemphasis:
        opened, items, closed = children
        return nodes.Deemphasis(items, span=_span(opened, closed))

    def appearing(self, children: list[Any]) -> nodes.Scheduled:
        opened, after, when, closed = children
        return nodes.Scheduled(None, after, str(when)[1:], span=_span(opened, closed))

    def scheduled(self, children: list[Any]) -> nodes.Scheduled:
        opened, before, after, when, closed = children
        return nodes.Scheduled(before, after, str(when)[1:], span=_span(opened, closed))

    def alternation(self, children: list[Any]) -> nodes.Alternation:
        opened, *options, closed = children
        return nodes.Alternation(tuple(options), span=_span(opened, closed))


def _extent(children: tuple[nodes.Node, ...]) -> Span:
    return Span(children[0].span.start, children[-1].span.end) if children else Span(0, 0)


@cache
def _lark() -> Lark:
    grammar = files("mezzotint.grammar").joinpath("prompt.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", lexer=_Tokens, transformer=_Builder())


def parse(source: str, language: Language = POSITIVE) -> nodes.Prompt:
    """The syntax tree of a prompt; broken brackets become :class:`~mezzotint.grammar.nodes.Stray`."""
    tokens: list[Token] = []
    starts = [0]
    flags: list[bool] = []
    for branch in lex(source, language):
        if branch and branch[0].type == "_AND":
            starts.append(branch[0].end_pos or 0)
            tokens += branch
            continue
        balancer = Balancer(branch)
        tokens += balancer.run()
        flags.append(balancer.schedulable)
    tree: nodes.Prompt = _lark().parse(tokens)  # type: ignore[assignment]
    branches = tuple(
        replace(
            branch,
            schedulable=flag,
            span=branch.span if len(branch.span) else Span(start, start),
        )
        for branch, flag, start in zip(tree.branches, flags, starts, strict=True)
    )
    return nodes.Prompt(branches, span=Span(0, len(source)))
