"""The server: who asks for what, and what is sent when.

Work is done in a thread, so that messages are read while a long document is looked at. What was worked out
for a text that has changed since is dropped; changes that arrive meanwhile are looked at together, once.
"""

import asyncio
import logging
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from lsprotocol import types
from pygls.exceptions import FeatureRequestError, JsonRpcContentModified
from pygls.lsp.server import LanguageServer

from mezzotint import __version__
from mezzotint.compiler.tokens.clip import clip_tokenizer
from mezzotint.lsp import wire
from mezzotint.lsp.names import Names, find_names
from mezzotint.lsp.positions import Encoding
from mezzotint.lsp.protocol import DocumentProtocol
from mezzotint.lsp.settings import SECTION, Settings, read_settings
from mezzotint.lsp.versions import Documents, Open, Version

T = TypeVar("T")
_WORKERS = 2  # a request need not wait until findings are worked out


class PromptServer(LanguageServer):
    """A language server with the documents that are open in its client."""

    def __init__(self) -> None:
        super().__init__(
            "mezzotint",
            __version__,
            text_document_sync_kind=types.TextDocumentSyncKind.Incremental,
            protocol_cls=DocumentProtocol,
        )
        self.documents = Documents()
        self.initial_options: object = None
        self._pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="mezzotint")
        self._checks: dict[str, asyncio.Task[None]] = {}

    async def work(self, function: Callable[[], T], otherwise: T) -> T:
        """Run a function in a thread; what goes wrong is logged in the client, and costs one answer only."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, function)
        except Exception as error:  # noqa: BLE001  # whatever it is, the next keystroke must be answered
            self._log(f"{type(error).__name__}: {error}", types.MessageType.Error)
            return otherwise

    async def answer(self, uri: str, function: Callable[[Version], T], otherwise: T) -> T:
        """What a function says of a document.

        Raises:
            JsonRpcContentModified: the document has changed meanwhile, so the answer is to no question.
        """
        opened = self.documents.by_uri.get(uri)
        if opened is None:
            return otherwise
        version = opened.current
        result = await self.work(partial(function, version), otherwise)
        if opened.is_open and opened.current.analysis.source != version.analysis.source:
            raise JsonRpcContentModified("the document has changed")
        return result

    def check(self, opened: Open) -> None:
        """See to it that the client gets the findings of a document as it is now."""
        task = self._checks.get(opened.uri)
        if task is None or task.done():
            self._checks[opened.uri] = asyncio.get_running_loop().create_task(self._check(opened))

    async def _check(self, opened: Open) -> None:
        while opened.is_open and opened.checked is not opened.current:
            version = opened.current
            nothing: list[types.Diagnostic] = []
            found = await self.work(partial(_diagnostics, version), nothing)
            if opened.is_open and opened.current is version:
                opened.checked = version
                self._publish(opened.uri, version.number, found)
        if (again := self.documents.by_uri.get(opened.uri)) not in (None, opened):
            await self._check(again)  # closed and opened again meanwhile

    def close(self, uri: str) -> None:
        """Forget a document and its findings."""
        self.documents.close(uri)
        if (task := self._checks.get(uri)) is not None and task.done():
            del self._checks[uri]
        self._publish(uri, None, [])

    async def configure(self, value: object) -> None:
        """Take settings, look into the folders that they name, and look at all documents anew."""
        settings, problems = read_settings(value)
        for problem in problems:
            self.window_show_message(types.ShowMessageParams(types.MessageType.Warning, problem))
        await self._read_with(settings)

    async def rescan(self) -> None:
        """Look into the folders again."""
        await self._read_with(self.documents.settings)

    async def _read_with(self, settings: Settings) -> None:
        names = await self.work(partial(find_names, settings), Names())
        self.documents.read_with(settings, names)
        for opened in tuple(self.documents.by_uri.values()):
            self.check(opened)

    async def pull_settings(self) -> None:
        """Ask the client for its settings, if it answers such questions."""
        workspace = self.client_capabilities.workspace
        if workspace is None or not workspace.configuration:
            return
        items = [types.ConfigurationItem(section=SECTION)]
        found = await self.workspace_configuration_async(types.ConfigurationParams(items))
        if found and found[0]:
            await self.configure(found[0])

    def start(self) -> None:
        """Once the client is known: count as it does, and load what the first keystroke would wait for."""
        encoding = self.server_capabilities.position_encoding
        if encoding is not None:
            self.documents.encoding = Encoding(getattr(encoding, "value", encoding))
        self._pool.submit(clip_tokenizer().encode, "a")

    def report_server_error(self, error: Exception, source: object) -> None:
        """Log what was wrong with a message; a window over the editor would help nobody."""
        if source is not FeatureRequestError:  # the answer says it
            self._log(f"{type(error).__name__}: {error}", types.MessageType.Error)

    def _publish(self, uri: str, number: int | None, found: list[types.Diagnostic]) -> None:
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, found, number))

    def _log(self, message: str, kind: types.MessageType) -> None:
        self.window_log_message(types.LogMessageParams(kind, message))


def _diagnostics(version: Version) -> list[types.Diagnostic]:
    return [wire.diagnostic(version.lines, one) for one in version.analysis.diagnostics]


def make_server() -> PromptServer:
    """A server with all that it can do."""
    from mezzotint.lsp.features import register

    # Each answer that comes too late would leave a traceback in the editor's log.
    logging.getLogger("pygls").setLevel(logging.CRITICAL)
    server = PromptServer()
    register(server)
    return server


def serve_stdio() -> None:
    """Speak on standard input and output; whatever else is printed goes to standard error."""
    out, sys.stdout = sys.stdout, sys.stderr
    make_server().start_io(sys.stdin.buffer, out.buffer)


def serve_tcp(host: str, port: int) -> None:
    """Listen for a client."""
    make_server().start_tcp(host, port)
