"""What was worked out, in the protocol's types."""

from collections.abc import Iterable, Iterator

from lsprotocol import types

from mezzotint.grammar.diagnostics import Diagnostic, Severity
from mezzotint.grammar.span import Span
from mezzotint.highlight.kinds import STYLES, Kind
from mezzotint.highlight.marks import Mark
from mezzotint.lsp.actions import Action
from mezzotint.lsp.completion import Form, Offer
from mezzotint.lsp.hints import Hint
from mezzotint.lsp.outline import Role, Symbol
from mezzotint.lsp.positions import Change, Place, Positions

SOURCE = "mezzotint"
FIX_ALL = f"{types.CodeActionKind.SourceFixAll.value}.{SOURCE}"
_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFO: types.DiagnosticSeverity.Information,
}
_SYMBOLS = {
    Role.PROMPT: types.SymbolKind.String,
    Role.BRANCH: types.SymbolKind.Namespace,
    Role.GROUP: types.SymbolKind.Array,
    Role.SCHEDULE: types.SymbolKind.Event,
    Role.ALTERNATION: types.SymbolKind.Enum,
    Role.NETWORK: types.SymbolKind.Module,
    Role.SETTINGS: types.SymbolKind.Object,
    Role.SETTING: types.SymbolKind.Property,
    Role.FLAG: types.SymbolKind.Property,
}
_FORMS = {
    Form.NETWORK: types.CompletionItemKind.Module,
    Form.EMBEDDING: types.CompletionItemKind.Variable,
    Form.WILDCARD: types.CompletionItemKind.File,
    Form.SAMPLER: types.CompletionItemKind.EnumMember,
    Form.SCHEDULE: types.CompletionItemKind.EnumMember,
    Form.KEY: types.CompletionItemKind.Property,
    Form.FLAG: types.CompletionItemKind.Keyword,
}
_TYPES = sorted({style.lsp for style in STYLES.values()})
LEGEND = types.SemanticTokensLegend(token_types=_TYPES, token_modifiers=[kind.value for kind in Kind])
_NUMBERS = {kind: (_TYPES.index(STYLES[kind].lsp), 1 << bit) for bit, kind in enumerate(Kind)}


def position(lines: Positions, offset: int) -> types.Position:
    """An offset as the client counts."""
    return types.Position(*lines.place(offset))


def to_range(lines: Positions, span: Span) -> types.Range:
    """A span as the client counts."""
    return types.Range(position(lines, span.start), position(lines, span.end))


def offset(lines: Positions, place: types.Position) -> int:
    """A client's position as an offset."""
    return lines.offset(_place(place))


def to_span(lines: Positions, read: types.Range) -> Span:
    """A client's range as a span."""
    return Span(offset(lines, read.start), offset(lines, read.end))


def _place(place: types.Position) -> Place:
    return Place(max(0, place.line), max(0, place.character))


def change(event: types.TextDocumentContentChangeEvent) -> Change:
    """A client's edit."""
    if isinstance(event, types.TextDocumentContentChangePartial):
        return Change(event.text, _place(event.range.start), _place(event.range.end))
    return Change(event.text)


def diagnostic(lines: Positions, one: Diagnostic) -> types.Diagnostic:
    """A finding; its remedy in words stands below it."""
    return types.Diagnostic(
        range=to_range(lines, one.span),
        message=f"{one.message}\n{one.help}" if one.help else one.message,
        severity=_SEVERITIES[one.severity],
        code=one.code,
        source=SOURCE,
    )


def about_file(message: str | None) -> list[types.Diagnostic]:
    """What is wrong with a file that is not a client's document."""
    start = types.Position(0, 0)
    place = types.Range(start, start)
    return (
        []
        if message is None
        else [types.Diagnostic(place, message, types.DiagnosticSeverity.Error, source=SOURCE)]
    )


def edits(lines: Positions, found: Iterable[tuple[Span, str]]) -> list[types.TextEdit]:
    """Replacements."""
    return [types.TextEdit(to_range(lines, span), text) for span, text in found]


def action(lines: Positions, uri: str, one: Action) -> types.CodeAction:
    """A quick fix."""
    return types.CodeAction(
        title=one.title,
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[diagnostic(lines, one.diagnostic)],
        is_preferred=one.fix.is_safe,
        edit=types.WorkspaceEdit(changes={uri: edits(lines, one.fix.edits)}),
    )


def fix_all(lines: Positions, uri: str, found: Iterable[tuple[Span, str]]) -> types.CodeAction:
    """All safe fixes at once."""
    return types.CodeAction(
        title="Apply all safe fixes of mezzotint",
        kind=FIX_ALL,
        edit=types.WorkspaceEdit(changes={uri: edits(lines, found)}),
    )


def symbol(lines: Positions, one: Symbol) -> types.DocumentSymbol:
    """A line of the outline, with those below it."""
    place = to_range(lines, one.span)
    return types.DocumentSymbol(
        name=one.name,
        detail=one.detail,
        kind=_SYMBOLS[one.role],
        range=place,
        selection_range=place,
        children=[symbol(lines, child) for child in one.children],
    )


def fold(lines: Positions, span: Span) -> types.FoldingRange | None:
    """A range that folds, if it is longer than a line."""
    start, end = lines.place(span.start), lines.place(span.end)
    return types.FoldingRange(start.line, end.line) if start.line < end.line else None


def hint(lines: Positions, one: Hint) -> types.InlayHint:
    """A hint."""
    return types.InlayHint(
        position(lines, one.offset), one.label, tooltip="effective weight", padding_left=True
    )


def offer(lines: Positions, one: Offer) -> types.CompletionItem:
    """A text that may be written."""
    return types.CompletionItem(
        label=one.label,
        kind=_FORMS[one.form],
        detail=one.detail or None,
        filter_text=one.label,
        text_edit=types.TextEdit(to_range(lines, one.span), one.text),
    )


def tokens(lines: Positions, marks: Iterable[Mark]) -> list[int]:
    """Semantic tokens as the protocol writes them: five numbers each, places relative to the last."""
    data: list[int] = []
    last = Place(0, 0)
    for start, length, kind in _cut(lines, marks):
        token_type, modifier = _NUMBERS[kind]
        column = start.character - (last.character if start.line == last.line else 0)
        data += [start.line - last.line, column, length, token_type, modifier]
        last = start
    return data


def _cut(lines: Positions, marks: Iterable[Mark]) -> Iterator[tuple[Place, int, Kind]]:
    """The marks that do not begin inside another, cut where lines end; lengths in the client's units."""
    done = 0
    for span, kind in marks:
        if span.start < done:
            continue
        done = span.end
        for part in _by_line(lines.text, span.start, span.end):
            first, last = lines.place(part.start), lines.place(part.end)
            if first.line == last.line and first.character < last.character:
                yield first, last.character - first.character, kind


def _by_line(text: str, start: int, end: int) -> Iterator[Span]:
    at = start
    for line in text[start:end].replace("\r", "\n").split("\n"):
        yield Span(at, at + len(line))
        at += len(line) + 1
