"""Infotext to the tree of its frame. Any text parses, in time linear in its length."""

from typing import Any

from mezzotint.grammar import lalr
from mezzotint.grammar.infotext.lexer import lex
from mezzotint.grammar.infotext.nodes import Frame, Junk, Line, Section, Separator, Settings
from mezzotint.grammar.infotext.record import Setting
from mezzotint.grammar.lalr import Token
from mezzotint.grammar.nodes import Node
from mezzotint.grammar.span import Span
from mezzotint.grammar.tables.infotext import TABLES


def _margin(tokens: list[Token]) -> str:
    return tokens[0].text if tokens else ""


def _line(tokens: list[Token]) -> Line:
    texts = {token.kind: token.text for token in tokens}
    span = Span(tokens[0].start, tokens[-1].end)
    return Line(texts.get("LABEL", ""), texts.get("TEXT", ""), texts.get("LINE_END", ""), span=span)


def _setting(tokens: list[Token]) -> Setting:
    key, colon = tokens[0], tokens[1]
    return Setting.read(key.text, colon.text, tokens[2].text if len(tokens) > 2 else "", key.start)


def _settings(children: list[Any]) -> Settings | None:
    parts = tuple(_word(child) if isinstance(child, Token) else child for child in children)
    return Settings(parts, span=_extent(parts)) if parts else None


def _word(token: Token) -> Separator | Junk:
    kind = Separator if token.kind == "SEPARATOR" else Junk
    return kind(token.text, span=Span(token.start, token.end))


def _extent(children: tuple[Node, ...]) -> Span:
    return Span(children[0].span.start, children[-1].span.end)


def _start(children: list[Any]) -> Frame:
    margin, prompt, negative, settings, end = children
    if prompt:
        first = Section(prompt, span=_extent(prompt))
    else:
        first = Section((), span=Span(len(margin), len(margin)))
    second = Section(negative, span=_extent(negative)) if negative else None
    stop = next(part for part in (settings, second, first) if part is not None).span.end
    return Frame(margin, first, second, settings, end, span=Span(0, stop + len(end)))


_ACTIONS: dict[str, lalr.Action] = {  # by the names of the rules in infotext.lark
    "start": _start,
    "margin": _margin,
    "prompt": tuple,
    "negative": tuple,
    "line": _line,
    "settings": _settings,
    "setting": _setting,
}


def parse_frame(text: str) -> Frame:
    """The tree of an infotext; what is passed over is a ``Junk`` node."""
    frame: Frame = lalr.run(TABLES, lex(text), _ACTIONS)
    return frame
