"""Style sheets and style texts to their trees. Any text parses, in time linear in its length."""

from collections.abc import Callable
from typing import Any

from mezzotint.grammar import lalr
from mezzotint.grammar.lalr import Token
from mezzotint.grammar.span import Span
from mezzotint.grammar.styles.lexer import lex_sheet, lex_template
from mezzotint.grammar.styles.nodes import (
    Addition,
    Blank,
    Cell,
    CellPart,
    Characters,
    Doubled,
    Placeholder,
    Prose,
    Quote,
    Row,
    Sheet,
    Space,
    Template,
    Wrapper,
)
from mezzotint.grammar.tables.sheet import TABLES as SHEET
from mezzotint.grammar.tables.template import TABLES as TEMPLATE

_PARTS: dict[str, Callable[..., CellPart]] = {
    "SPACE": Space,
    "QUOTE": Quote,
    "CLOSING_QUOTE": Quote,
    "CHARACTERS": Characters,
    "DOUBLED": Doubled,
}
_NOWHERE = Span(0, 0)  # of an empty text, until its parent tells where it stands


def _span(token: Token) -> Span:
    return Span(token.start, token.end)


def _cell(tokens: list[Token]) -> tuple[CellPart, ...]:
    return tuple(_PARTS[token.kind](token.text, span=_span(token)) for token in tokens)


def _row(children: list[Any]) -> Row:
    *contents, end = children
    cells: list[Cell] = []
    start = end.start + 1
    for parts in reversed(contents):  # from the end, whose place is known: empty cells do not know theirs
        stop = start - 1  # the comma
        start = parts[0].span.start if parts else stop
        cells.append(Cell(parts, span=Span(start, stop)))
    return Row(tuple(reversed(cells)), end.text, span=Span(start, end.end))


def _blank(tokens: list[Token]) -> Blank:
    return Blank(tokens[0].text, span=_span(tokens[0]))


def _sheet(children: list[Any]) -> Sheet:
    mark, *rows = children
    stop = rows[-1].span.end if rows else len(mark)
    return Sheet(mark, tuple(rows), span=Span(0, stop))


_SHEET_ACTIONS: dict[str, lalr.Action] = {  # by the names of the rules in sheet.lark
    "start": _sheet,
    "mark": lambda tokens: tokens[0].text if tokens else "",
    "blank": _blank,
    "row": _row,
    "cell": _cell,
}


def _text(tokens: list[Token]) -> Prose:
    return Prose(tokens[0].text, span=_span(tokens[0])) if tokens else Prose("", span=_NOWHERE)


def _addition(children: list[Any]) -> Addition:
    (text,) = children
    return Addition(text, span=text.span)


def _wrapper(children: list[Any]) -> Wrapper:
    parts: list[Prose | Placeholder] = []
    at = 0
    for child in children:
        end = at + len(child.text if isinstance(child, Token) else child.value)
        span = Span(at, end)
        parts.append(
            Placeholder(child.text, span=span) if isinstance(child, Token) else Prose(child.value, span=span)
        )
        at = end
    return Wrapper(tuple(parts), span=Span(0, at))


_TEMPLATE_ACTIONS: dict[str, lalr.Action] = {  # by the names of the rules in template.lark
    "text": _text,
    "addition": _addition,
    "wrapper": _wrapper,
}


def parse_sheet(text: str) -> Sheet:
    """The tree of a style sheet."""
    sheet: Sheet = lalr.run(SHEET, lex_sheet(text), _SHEET_ACTIONS)
    return sheet


def parse_template(text: str) -> Template:
    """The tree of a style's text."""
    template: Template = lalr.run(TEMPLATE, lex_template(text), _TEMPLATE_ACTIONS)
    return template
