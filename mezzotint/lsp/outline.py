"""The outline of a document, and which of its lines fold."""

from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple

from mezzotint.grammar import nodes
from mezzotint.grammar.infotext.frame import parse_frame
from mezzotint.grammar.span import Span
from mezzotint.grammar.styles.styles import read_styles
from mezzotint.grammar.walk import walk
from mezzotint.lsp.analysis import Analysis
from mezzotint.lsp.regions import Kind, Region

MAX_NAME = 60  # letters


class Role(Enum):
    """What a symbol is."""

    PROMPT = auto()
    BRANCH = auto()
    GROUP = auto()
    SCHEDULE = auto()
    ALTERNATION = auto()
    NETWORK = auto()
    SETTINGS = auto()
    SETTING = auto()
    FLAG = auto()


_ROLES: dict[type[nodes.Node], Role] = {
    nodes.Emphasis: Role.GROUP,
    nodes.Deemphasis: Role.GROUP,
    nodes.Scheduled: Role.SCHEDULE,
    nodes.Alternation: Role.ALTERNATION,
    nodes.Network: Role.NETWORK,
}


class Symbol(NamedTuple):
    """A line of the outline."""

    name: str
    role: Role
    span: Span
    detail: str = ""
    children: "tuple[Symbol, ...]" = ()


def symbols(analysis: Analysis) -> list[Symbol]:
    """The outline."""
    found = [_region(analysis, region) for region in analysis.regions]
    if analysis.infotext and (span := analysis.infotext.settings_span):
        items = tuple(
            Symbol(_shown(one.key), Role.SETTING, one.span, _shown(one.value or ""))
            for one in analysis.infotext.settings
        )
        found.append(Symbol("settings", Role.SETTINGS, span, children=items))
    flags = analysis.document.flags if analysis.document else ()
    return [*found, *(Symbol(f"--{_shown(f.name)}", Role.FLAG, f.span, _shown(f.text)) for f in flags)]


def _region(analysis: Analysis, region: Region) -> Symbol:
    tree = analysis.tree(region)
    if len(tree.branches) == 1:
        inner = tuple(_items(region, tree.branches[0]))
    else:
        inner = tuple(
            Symbol(
                _text(region, branch.span),
                Role.BRANCH,
                region.map.span(branch.span),
                children=(*_items(region, branch),),
            )
            for branch in tree.branches
        )
    span = region.map.span(Span(0, len(region.text)))
    return Symbol(_shown(region.name), Role.PROMPT, span, _shown(region.text), inner)


def _items(region: Region, branch: nodes.Branch) -> Iterator[Symbol]:
    for item in (*branch.children, *branch.tail):
        if role := _ROLES.get(type(item)):
            yield Symbol(_text(region, item.span), role, region.map.span(item.span))


def _text(region: Region, span: Span) -> str:
    return _shown(region.text[span.start : span.end])


def _shown(text: str) -> str:
    """The text on one line, the beginning of a long one; never empty, which clients refuse."""
    text = " ".join(text.split()) or "…"
    return text if len(text) <= MAX_NAME else f"{text[:MAX_NAME]}…"


def folds(analysis: Analysis) -> list[Span]:
    """Ranges that fold if they are longer than a line: sections, styles, comments' blocks and brackets."""
    if analysis.is_too_large:
        return []
    found: list[Span] = []
    if analysis.infotext is not None:
        frame = parse_frame(analysis.source)
        sections = (frame.prompt, frame.negative, frame.settings)
        found += [section.span for section in sections if section is not None]
    if analysis.kind is Kind.STYLES and analysis.regions:
        found += [style.span for style in read_styles(analysis.source)]
    if analysis.kind is Kind.PYTHON:
        found += [region.map.span(Span(0, len(region.text))) for region in analysis.regions]
    for region in analysis.regions:
        brackets = nodes.Emphasis | nodes.Deemphasis | nodes.Scheduled | nodes.Alternation
        found += [region.map.span(n.span) for n in walk(analysis.tree(region)) if isinstance(n, brackets)]
    return [_stripped(analysis.source, span) for span in found]


def _stripped(source: str, span: Span) -> Span:
    """The range without the line ends behind it."""
    return Span(span.start, span.start + len(source[span.start : span.end].rstrip()))
