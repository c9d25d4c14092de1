"""The prompts in a Python program: strings that are assigned to, or passed as, names that end in ``prompt``.

A string whose characters do not all stand in the source, as those of an f-string, is left alone.
"""

import ast
import re
import warnings
from collections.abc import Iterator

from mezzotint.grammar.span import Span
from mezzotint.grammar.text_map import MapBuilder, TextMap
from mezzotint.lsp.regions import Region, if_harmless

_NAME = re.compile(r"(?:^|_)prompts?(?:_?\d+)?$", re.IGNORECASE)
_OPENING = re.compile(r"(?P<prefix>[rRuU]?)(?P<quote>\"\"\"|'''|\"|')")
_BETWEEN = re.compile(r"(?:\s|\\\r?\n|#[^\n]*|[()])*")
_ESCAPE = re.compile(
    r"\\(?:\r\n|[0-7]{1,3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}]*\}|.)|\r\n?", re.DOTALL
)


def python_regions(source: str) -> list[Region]:
    """The prompts of a program; none while it does not parse."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the program, which is not ours
            tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    lines = _Lines(source)
    found = [
        Region(text, places, "neg" in name.casefold(), name, if_harmless)
        for name, value in _named(tree)
        for node, text in _strings(value)
        if (places := _read(source, *lines.range(node), text))
    ]
    return sorted(found, key=lambda region: region.map.sources)


class _Lines:
    """Offsets from the lines and UTF-8 columns of Python's syntax trees."""

    def __init__(self, source: str) -> None:
        self.lines = re.split(r"(?<=\n)|(?<=\r)(?!\n)", source)
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line))

    def range(self, node: ast.Constant) -> tuple[int, int]:
        end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or 0
        return self.offset(node.lineno, node.col_offset), self.offset(end_line, end_column)

    def offset(self, line: int, column: int) -> int:
        before = self.lines[line - 1].encode("utf-8", "surrogatepass")[:column]
        return self.starts[line - 1] + len(before.decode("utf-8", "surrogatepass"))


def _named(tree: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Values with names of prompts: of variables, attributes, arguments and keys of dictionaries."""
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=targets, value=value):
                names = [_name(target) for target in targets]
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                names = [_name(target)]
            case ast.keyword(arg=str() as name, value=value):
                names = [name]
            case ast.Dict(keys=keys, values=values):
                for key, item in zip(keys, values, strict=True):
                    if (
                        isinstance(key, ast.Constant)
                        and isinstance(key.value, str)
                        and _NAME.search(key.value)
                    ):
                        yield key.value, item
                continue
            case _:
                continue
        if found := next((name for name in names if _NAME.search(name)), None):
            yield found, value


def _name(target: ast.expr) -> str:
    match target:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _strings(value: ast.expr) -> Iterator[tuple[ast.Constant, str]]:
    """The string, or those of a list of them."""
    for one in value.elts if isinstance(value, ast.List | ast.Tuple) else [value]:
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value:
            yield one, one.value


def _read(source: str, start: int, end: int, value: str) -> TextMap | None:
    """Where the characters of a string stand; its literals may be several, joined without a sign."""
    builder, text = MapBuilder(), ""
    at = start
    while at < end:
        opening = _OPENING.match(source, at, end)
        if opening is None:
            return None
        quote, is_raw = opening["quote"], opening["prefix"] in ("r", "R")
        stop = _closing(source, opening.end(), end, quote)
        for piece, place in _held(source, opening.end(), stop, is_raw=is_raw):
            if source.startswith(piece, place.start) and len(place) == len(piece):
                builder.copied(place.start, len(piece))
            else:
                builder.spelled(place.start, place.end, len(piece))
            text += piece
        between = _BETWEEN.match(source, stop + len(quote), end)
        at = between.end() if between else end
    return builder.build(stop) if text == value else None


def _closing(source: str, start: int, end: int, quote: str) -> int:
    at = start
    while at < end and not source.startswith(quote, at):
        at += 2 if source[at] == "\\" else 1
    return min(at, end)


def _held(source: str, start: int, stop: int, *, is_raw: bool) -> Iterator[tuple[str, Span]]:
    """Pieces of the string and where each stands."""
    at = start
    for found in () if is_raw else _ESCAPE.finditer(source, start, stop):
        if at < found.start():
            yield source[at : found.start()], Span(at, found.start())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            meant = ast.literal_eval(f'"""{found[0]}"""') if found[0] != '\\"' else '"'
        if meant:
            yield meant, Span(*found.span())
        at = found.end()
    if at < stop:
        yield source[at:stop], Span(at, stop)
