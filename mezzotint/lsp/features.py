"""What the server answers, method by method."""

from functools import partial
from typing import Any

from lsprotocol import types
from pygls.uris import to_fs_path

from mezzotint.grammar.span import Span
from mezzotint.lsp import wire
from mezzotint.lsp.actions import fix_all, quick_fixes
from mezzotint.lsp.completion import TRIGGERS, complete
from mezzotint.lsp.formatting import format_edits, format_range
from mezzotint.lsp.hints import hints
from mezzotint.lsp.hover import hover
from mezzotint.lsp.outline import folds, symbols
from mezzotint.lsp.server import PromptServer
from mezzotint.lsp.versions import Version

FILE_TEXT = "mezzotint/fileText"
"""Asks for the server's copy of a document, ``{"uri": …}``: for clients that look for lost edits."""
_ACTIONS = types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix, wire.FIX_ALL])


def register(server: PromptServer) -> None:
    """Teach a server all methods."""
    _lifecycle(server)
    _synchronisation(server)
    _reading(server)
    _colouring(server)
    _editing(server)


def _lifecycle(server: PromptServer) -> None:
    @server.feature(types.INITIALIZED)
    async def initialized(_params: types.InitializedParams) -> None:
        server.start()
        if server.initial_options:
            await server.configure(server.initial_options)
        else:
            await server.pull_settings()
        await server.watch()

    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        server.initial_options = params.initialization_options
        if folder := _workspace_folder(params):
            server.documents.configurations.folder = folder

    @server.feature(types.SHUTDOWN)
    def shutdown(_params: None) -> None:
        server.is_shut_down = True

    @server.feature(types.EXIT)
    def leave(_params: None) -> None:
        server.status = 0 if server.is_shut_down else 1

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def configuration(params: types.DidChangeConfigurationParams) -> None:
        if params.settings:
            await server.configure(params.settings)
        else:
            await server.pull_settings()

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    async def watched_files(_params: types.DidChangeWatchedFilesParams) -> None:
        await server.rescan()


def _workspace_folder(params: types.InitializeParams) -> str | None:
    """The folder that a client works in; of several the first."""
    folders = params.workspace_folders
    uri = folders[0].uri if folders else params.root_uri
    return to_fs_path(uri) if uri else None


def _synchronisation(server: PromptServer) -> None:
    documents = server.documents

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    async def did_open(params: types.DidOpenTextDocumentParams) -> None:
        one = params.text_document
        server.look()
        server.check(documents.open(one.uri, one.language_id, one.version, one.text))

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def did_change(params: types.DidChangeTextDocumentParams) -> None:
        one = params.text_document
        server.look()
        opened = documents.change(one.uri, one.version, map(wire.change, params.content_changes))
        if opened is not None:
            server.check(opened)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def did_close(params: types.DidCloseTextDocumentParams) -> None:
        server.close(params.text_document.uri)

    @server.feature(FILE_TEXT)
    def file_text(params: Any) -> str | None:
        opened = documents.by_uri.get(params.uri)
        return None if opened is None else opened.current.analysis.source


def _reading(server: PromptServer) -> None:
    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def on_hover(params: types.HoverParams) -> types.Hover | None:
        return await server.answer(params.text_document.uri, partial(_hover, params.position), None)

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    async def on_symbols(params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
        return await server.answer(params.text_document.uri, _symbols, [])

    @server.feature(types.TEXT_DOCUMENT_FOLDING_RANGE)
    async def on_folds(params: types.FoldingRangeParams) -> list[types.FoldingRange]:
        return await server.answer(params.text_document.uri, _folds, [])

    @server.feature(types.TEXT_DOCUMENT_INLAY_HINT)
    async def on_hints(params: types.InlayHintParams) -> list[types.InlayHint]:
        return await server.answer(params.text_document.uri, partial(_hints, params.range), [])


def _colouring(server: PromptServer) -> None:
    @server.feature(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, wire.LEGEND)
    async def on_tokens(params: types.SemanticTokensParams) -> types.SemanticTokens:
        return types.SemanticTokens(await server.answer(params.text_document.uri, _tokens, []))

    @server.feature(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE, wire.LEGEND)
    async def on_some_tokens(params: types.SemanticTokensRangeParams) -> types.SemanticTokens:
        function = partial(_some_tokens, params.range)
        return types.SemanticTokens(await server.answer(params.text_document.uri, function, []))


def _editing(server: PromptServer) -> None:
    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, _ACTIONS)
    async def on_actions(params: types.CodeActionParams) -> list[types.CodeAction]:
        return await server.answer(params.text_document.uri, partial(_actions, params), [])

    @server.feature(types.TEXT_DOCUMENT_FORMATTING)
    async def on_format(params: types.DocumentFormattingParams) -> list[types.TextEdit]:
        return await server.answer(params.text_document.uri, _format, [])

    @server.feature(types.TEXT_DOCUMENT_RANGE_FORMATTING)
    async def on_range_format(params: types.DocumentRangeFormattingParams) -> list[types.TextEdit]:
        return await server.answer(params.text_document.uri, partial(_format_range, params.range), [])

    options = types.CompletionOptions(trigger_characters=list(TRIGGERS))

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, options)
    async def on_completion(params: types.CompletionParams) -> list[types.CompletionItem]:
        return await server.answer(params.text_document.uri, partial(_complete, params.position), [])


def _hover(place: types.Position, version: Version) -> types.Hover | None:
    told = hover(version.analysis, wire.offset(version.lines, place))
    if told is None:
        return None
    content = types.MarkupContent(types.MarkupKind.Markdown, told.markdown)
    return types.Hover(content, wire.to_range(version.lines, told.span))


def _symbols(version: Version) -> list[types.DocumentSymbol]:
    return [wire.symbol(version.lines, one) for one in symbols(version.analysis)]


def _folds(version: Version) -> list[types.FoldingRange]:
    return [fold for span in folds(version.analysis) if (fold := wire.fold(version.lines, span))]


def _hints(read: types.Range, version: Version) -> list[types.InlayHint]:
    found = hints(version.analysis, wire.to_span(version.lines, read))
    return [wire.hint(version.lines, one) for one in found]


def _tokens(version: Version) -> list[int]:
    return wire.tokens(version.lines, version.analysis.marks)


def _some_tokens(read: types.Range, version: Version) -> list[int]:
    wanted = wire.to_span(version.lines, read)
    marks = version.analysis.marks
    return wire.tokens(version.lines, [one for one in marks if _meet(one.span, wanted)])


def _meet(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _actions(params: types.CodeActionParams, version: Version) -> list[types.CodeAction]:
    uri, lines, analysis = params.text_document.uri, version.lines, version.analysis
    found = []
    if _wants(params, types.CodeActionKind.QuickFix.value):
        found += [
            wire.action(lines, uri, a) for a in quick_fixes(analysis, wire.to_span(lines, params.range))
        ]
    if _wants(params, wire.FIX_ALL) and (edits := fix_all(analysis)):
        found.append(wire.fix_all(lines, uri, edits))
    return found


def _wants(params: types.CodeActionParams, kind: str) -> bool:
    """Whether the client asked for a kind of action, or for all."""
    only = params.context.only
    if only is None:
        return True
    names = [str(getattr(one, "value", one)) for one in only]
    return any(not name or kind == name or kind.startswith(f"{name}.") for name in names)


def _format(version: Version) -> list[types.TextEdit]:
    return wire.edits(version.lines, format_edits(version.analysis))


def _format_range(read: types.Range, version: Version) -> list[types.TextEdit]:
    span = wire.to_span(version.lines, read)
    return wire.edits(version.lines, format_range(version.analysis, span))


def _complete(place: types.Position, version: Version) -> list[types.CompletionItem]:
    found = complete(version.analysis, wire.offset(version.lines, place))
    return [wire.offer(version.lines, one) for one in found]
