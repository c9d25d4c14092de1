"""The server as an editor sees it: another process, spoken to over its standard input and output."""

import asyncio
import contextlib
import random
import sys
from collections.abc import Coroutine, Iterator
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import pytest

pytest.importorskip("pygls")

from lsprotocol import types
from pygls.lsp.client import LanguageClient
from pygls.uris import from_fs_path

T = TypeVar("T")
TIMEOUT = 30
ROOT = Path(__file__).parents[2]
INFOTEXT = (
    "a (cat:1.2), ((dog:1.2)) [red:blue:10] <lora:style:1> # note\n"
    "a large house BREAK hill\n"
    "Negative prompt: bad hands,\nblurry\n"
    "Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 5, Size: 512x512"
)


class Editor:
    """A client, and the documents that it believes the server has."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.client = LanguageClient("test", "1")
        self.published: asyncio.Queue[types.PublishDiagnosticsParams] = asyncio.Queue()
        self.messages: list[str] = []
        self.numbers = count(1)
        for method, hear in (
            (types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, self.published.put_nowait),
            (types.WINDOW_LOG_MESSAGE, lambda params: self.messages.append(params.message)),
            (types.WINDOW_SHOW_MESSAGE, lambda params: self.messages.append(params.message)),
        ):
            self.client.feature(method)(partial(hear))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(asyncio.wait_for(work, TIMEOUT))

    def start(self, options: object = None, encodings: list[str] | None = None) -> types.InitializeResult:
        self.run(self.client.start_io(sys.executable, "-m", "mezzotint", "lsp", cwd=ROOT))
        general = types.GeneralClientCapabilities(position_encodings=encodings)
        params = types.InitializeParams(
            types.ClientCapabilities(general=general), initialization_options=options
        )
        result = self.run(self.client.initialize_async(params))
        self.client.initialized(types.InitializedParams())
        return result

    def stop(self) -> int | None:
        self.run(self.client.shutdown_async(None))
        self.client.exit(None)
        self.run(self.client.stop())  # type: ignore[no-untyped-call]
        self.loop.close()
        server = self.client._server
        return server.returncode if server else None

    def open(self, text: str, name: str = "a.prompt", language: str = "image-prompt") -> str:
        uri = f"file:///{next(self.numbers)}/{name}"
        item = types.TextDocumentItem(uri, language, 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return uri

    def change(self, uri: str, number: int, *changes: types.TextDocumentContentChangeEvent) -> None:
        document = types.VersionedTextDocumentIdentifier(number, uri)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, changes))

    def findings(self, uri: str, number: int | None = 1) -> list[types.Diagnostic]:
        """Those of a version; of other versions and documents nothing is wanted any more."""

        async def wait() -> list[types.Diagnostic]:
            while True:
                params = await self.published.get()
                if params.uri == uri and params.version == number:
                    return list(params.diagnostics)

        return self.run(wait())

    def request(self, method: str, params: object) -> Any:
        async def ask() -> Any:
            return await asyncio.wrap_future(self.client.protocol.send_request(method, params))

        return self.run(ask())

    def text(self, uri: str) -> str:
        return str(self.request("mezzotint/fileText", {"uri": uri}))

    def hover(self, uri: str, line: int, character: int) -> str:
        params = types.HoverParams(document(uri), types.Position(line, character))
        found = self.run(self.client.text_document_hover_async(params))
        return "" if found is None else str(getattr(found.contents, "value", ""))

    def complete(self, uri: str, line: int, character: int) -> list[str]:
        params = types.CompletionParams(document(uri), types.Position(line, character))
        found = self.run(self.client.text_document_completion_async(params))
        assert not isinstance(found, types.CompletionList)
        return [item.label for item in found or ()]

    def actions(self, uri: str, only: list[str] | None = None) -> list[types.CodeAction]:
        context = types.CodeActionContext([], only=only)
        params = types.CodeActionParams(document(uri), span(0, 0, 99, 0), context)
        found = self.run(self.client.text_document_code_action_async(params))
        return [one for one in found or () if isinstance(one, types.CodeAction)]

    def format(self, uri: str) -> list[types.TextEdit]:
        params = types.DocumentFormattingParams(document(uri), types.FormattingOptions(4, insert_spaces=True))
        found = self.run(self.client.text_document_formatting_async(params))
        return list(found or ())


def document(uri: str) -> types.TextDocumentIdentifier:
    return types.TextDocumentIdentifier(uri)


def span(*numbers: int) -> types.Range:
    return types.Range(types.Position(*numbers[:2]), types.Position(*numbers[2:]))


def edited(text: str, edits: list[types.TextEdit]) -> str:
    """The text with a server's edits, for texts without wide characters."""
    lines = text.split("\n")
    starts = [sum(len(line) + 1 for line in lines[:i]) for i in range(len(lines))]
    for edit in sorted(edits, key=lambda e: (e.range.start.line, e.range.start.character), reverse=True):
        start, end = (starts[p.line] + p.character for p in (edit.range.start, edit.range.end))
        text = text[:start] + edit.new_text + text[end:]
    return text


@contextlib.contextmanager
def running() -> Iterator[Editor]:
    editor = Editor()
    try:
        yield editor
    finally:
        assert editor.stop() == 0


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    folder = tmp_path_factory.mktemp("files")
    for name in ("loras/style.safetensors", "loras/other.pt", "embeddings/easyneg.pt", "wild/sub/colour.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"")
    options = {"networks": str(folder / "loras"), "embeddings": [str(folder / "embeddings")], "steps": True}
    with running() as editor:
        editor.start({**options, "wildcards": [str(folder / "wild")]})
        editor.findings(editor.open("warm"))
        yield editor


def test_wrong_settings_are_named(editor: Editor) -> None:
    assert any("mezzotint.steps is True" in message for message in editor.messages)


def test_findings_follow_the_text(editor: Editor) -> None:
    uri = editor.open("a clock 10:30")
    (found,) = editor.findings(uri)
    assert (found.code, found.source) == ("MZ201", "mezzotint")
    assert (found.range.start.line, found.range.end.character) == (0, 13)
    editor.change(uri, 2, types.TextDocumentContentChangePartial(span(0, 8, 0, 13), "at noon"))
    assert editor.findings(uri, 2) == []


def test_places_are_in_utf16_units(editor: Editor) -> None:
    (found,) = editor.findings(editor.open("\U0001f408\u2028\U0001f408 clock 10:30"))
    assert found.range.end == types.Position(0, 17)


def test_other_encodings_are_spoken_if_asked_for() -> None:
    with running() as editor:
        assert editor.start(encodings=["utf-8", "utf-16"]).capabilities.position_encoding == "utf-8"
        (found,) = editor.findings(editor.open("\U0001f408é clock 10:30"))
        assert found.range.end == types.Position(0, 18)


def test_a_closed_document_has_no_findings(editor: Editor) -> None:
    uri = editor.open("a clock 10:30")
    editor.findings(uri)
    editor.client.text_document_did_close(types.DidCloseTextDocumentParams(document(uri)))
    params = editor.run(editor.published.get())
    assert (params.uri, list(params.diagnostics)) == (uri, [])
    assert editor.hover(uri, 0, 3) == ""


def test_only_the_last_of_many_changes_is_told(editor: Editor) -> None:
    uri = editor.open("x")
    for number in range(2, 60):
        editor.change(uri, number, types.TextDocumentContentChangeWholeDocument(f"a clock 10:{number}"))
    (found,) = editor.findings(uri, 59)
    assert found.code == "MZ201"


def test_configuration_files_are_heeded(tmp_path: Path) -> None:
    def configure(text: str) -> None:
        file.write_text(text, encoding="utf-8")
        change = types.FileEvent(from_fs_path(str(file)) or "", types.FileChangeType.Changed)
        params = types.DidChangeWatchedFilesParams([change])
        editor.client.workspace_did_change_watched_files(params)

    file = tmp_path / "mezzotint.toml"
    file.write_text('ignore = ["MZ201"]', encoding="utf-8")
    uri = from_fs_path(str(tmp_path / "a.prompt")) or ""
    with running() as editor:
        editor.start({"ignore": ["MZ009"]})
        item = types.TextDocumentItem(uri, "image-prompt", 1, "a (cat:1,3) ( clock 10:30")
        editor.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        assert [one.code for one in editor.findings(uri)] == ["MZ003"]
        configure('ignore = ["MZ003"')
        assert (
            editor.findings(from_fs_path(str(file)) or "", None)[0].severity == types.DiagnosticSeverity.Error
        )
        assert [one.code for one in editor.findings(uri)] == ["MZ003"]
        configure('ignore = ["MZ003"]')
        assert editor.findings(from_fs_path(str(file)) or "", None) == []
        assert [one.code for one in editor.findings(uri)] == ["MZ201"]
    assert len([one for one in editor.messages if "not TOML" in one]) == 1


def test_hover_tells_weight_tokens_and_time(editor: Editor) -> None:
    uri = editor.open(INFOTEXT)
    assert "weight **1.2**" in editor.hover(uri, 0, 4)
    assert "weight **1.32**" in editor.hover(uri, 0, 16)
    assert "evaluations 1-11 of 20" in editor.hover(uri, 0, 27)
    assert "evaluations 12-20 of 20" in editor.hover(uri, 0, 31)
    assert "chunk 2 of 2, place 1 of 75" in editor.hover(uri, 1, 21)
    assert "`blurry</w>`" in editor.hover(uri, 3, 2)
    assert "multiplies" in editor.hover(uri, 0, 2)
    assert "Network `style`" in editor.hover(uri, 0, 42)
    assert "Comment" in editor.hover(uri, 0, 56)
    assert editor.hover(uri, 4, 2) == ""


def test_hover_explains_findings(editor: Editor) -> None:
    told = editor.hover(editor.open("a clock 10:30"), 0, 10)
    assert "**MZ201**" in told
    assert "Why it is bad" in told


def test_quick_fixes_and_fix_all(editor: Editor) -> None:
    text = "a [cat:dog:1.5] \u200b(red:1,5) circle"
    uri = editor.open(text)
    actions = editor.actions(uri)
    fixes = [one for one in actions if one.kind == types.CodeActionKind.QuickFix]
    assert fixes
    assert fixes == sorted(fixes, key=lambda one: not one.is_preferred)
    for one in fixes:
        assert one.edit is not None
        assert one.edit.changes is not None
        assert edited(text, list(one.edit.changes[uri])) != text
    assert all(one.kind == "source.fixAll.mezzotint" for one in editor.actions(uri, ["source.fixAll"]))


def test_formatting(editor: Editor) -> None:
    text = "a  cat ,dog  (red:1.20)"
    assert edited(text, editor.format(editor.open(text))) == "a cat, dog (red:1.2)"
    sheet = 'name,prompt,negative_prompt\nx,"a  cat",bad   hand\n'
    done = edited(sheet, editor.format(editor.open(sheet, "styles.csv", "csv")))
    assert done == 'name,prompt,negative_prompt\nx,"a cat",bad hand\n'


def test_semantic_tokens(editor: Editor) -> None:
    uri = editor.open("\U0001f408 (b:1.2) # c")
    found = editor.run(
        editor.client.text_document_semantic_tokens_full_async(types.SemanticTokensParams(document(uri)))
    )
    assert found is not None
    rows = [tuple(found.data[i : i + 3]) for i in range(0, len(found.data), 5)]
    assert rows == [(0, 3, 1), (0, 2, 4), (0, 4, 1), (0, 2, 3)]
    part = editor.run(
        editor.client.text_document_semantic_tokens_range_async(
            types.SemanticTokensRangeParams(document(uri), span(0, 10, 0, 14))
        )
    )
    assert part is not None
    assert len(part.data) == 5


def test_completion(editor: Editor) -> None:
    assert editor.complete(editor.open("a <lora:s"), 0, 9) == ["style"]
    assert editor.complete(editor.open("a <lora:"), 0, 8) == ["other", "style"]
    assert editor.complete(editor.open("a <hy"), 0, 5) == ["hypernet"]
    assert editor.complete(editor.open("bad, easy"), 0, 9) == ["easyneg"]
    assert editor.complete(editor.open("a __col"), 0, 7) == ["sub/colour"]
    assert "--ar" in editor.complete(editor.open("a cat --a"), 0, 9)
    uri = editor.open(INFOTEXT)
    assert "Euler a" in editor.complete(uri, 4, 23)
    assert editor.complete(editor.open(INFOTEXT + ", Schedule type: Kar"), 4, 88) == ["Karras"]
    assert "Schedule type" in editor.complete(editor.open(INFOTEXT + ", Sch"), 4, 70)


def test_outline_folds_and_hints(editor: Editor) -> None:
    uri = editor.open(INFOTEXT)
    found = editor.run(
        editor.client.text_document_document_symbol_async(types.DocumentSymbolParams(document(uri)))
    )
    assert [one.name for one in found or ()] == ["prompt", "negative prompt", "settings"]
    folds = editor.run(
        editor.client.text_document_folding_range_async(types.FoldingRangeParams(document(uri)))
    )
    assert [(one.start_line, one.end_line) for one in folds or ()] == [(0, 1), (2, 3)]
    params = types.InlayHintParams(document(uri), span(0, 0, 9, 0))
    hints = editor.run(editor.client.text_document_inlay_hint_async(params))
    assert [(one.label, one.position.character) for one in hints or ()] == [("=1.32", 22)]


def test_style_sheets_and_programs(editor: Editor) -> None:
    sheet = 'name,prompt,negative_prompt\nx,"a ""clock"" 10:30",\n'
    (found,) = editor.findings(editor.open(sheet, "styles.csv", "csv"))
    assert found.range.end == types.Position(1, 20)
    assert editor.findings(editor.open("a,b\n1,2\n", "other.csv", "csv")) == []
    (found,) = editor.findings(editor.open("a,b\n1,2\n", "styles.csv", "csv"))
    assert found.code == "no-style-sheet"
    program = 'x = 1\nprompt = "a \\"clock\\" 10:30"\nother = "10:30"\n'
    (found,) = editor.findings(editor.open(program, "a.py", "python"))
    assert found.range.end == types.Position(1, 27)


def test_a_huge_document_is_not_looked_into(editor: Editor) -> None:
    uri = editor.open("a clock 10:30\n" * 40_000)
    (found,) = editor.findings(uri)
    assert found.code == "too-large"
    assert "262144" in found.message
    assert editor.hover(uri, 5, 3) == ""
    assert editor.actions(uri) == []
    assert editor.format(uri) == []


def test_nonsense_does_not_end_the_server(editor: Editor) -> None:
    with pytest.raises(Exception, match="Method Not Found"):
        editor.request("mezzotint/nothing", {})
    editor.change("file:///never/opened", 3, types.TextDocumentContentChangeWholeDocument("x"))
    uri = editor.open("a (cat:1.2.3) [a:b:1e999] \ud83d " + "((" * 50)
    assert {"MZ001"} <= {one.code for one in editor.findings(uri)}
    for character in (0, 4, 9, 20, 2**30):
        editor.hover(uri, 0, character)
    editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams({"mezzotint": 3}))
    assert editor.findings(editor.open("a clock 10:30"))


def test_random_edits_keep_both_texts_equal(editor: Editor) -> None:
    """The client's side keeps UTF-16, as editors do; lines end at CR, LF and CRLF only."""
    chooser = random.Random(6)
    alphabet = [
        "a",
        "(",
        ":1.2)",
        "\r\n",
        "\r",
        "\n",
        "\u2028",
        "\x0b",
        "é",
        "\U0001f408",
        "[x|y]",
        "<lora:q:1>",
    ]
    text = ""
    uri = editor.open(text)
    for number in range(2, 302):
        start, end = sorted(chooser.randrange(len(text) + 1) for _ in range(2))
        end = min(end, start + 8)
        new = "".join(chooser.choices(alphabet, k=chooser.randrange(5)))
        if "\r" in text[max(0, start - 1) : start] and text[start : start + 1] == "\n":
            start += 1  # no editor puts its cursor between the two
            end = max(start, end)
        if text[max(0, end - 1) : end] == "\r" and text[end : end + 1] == "\n":
            end += 1
        places = types.Range(position(text, start), position(text, end))
        editor.change(uri, number, types.TextDocumentContentChangePartial(places, new))
        text = text[:start] + new + text[end:]
        if number % 10 == 0:
            assert editor.text(uri) == text
    assert editor.text(uri) == text
    editor.findings(uri, number)


def position(text: str, offset: int) -> types.Position:
    before = text[:offset].replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return types.Position(len(before) - 1, len(before[-1].encode("utf-16-le")) // 2)
