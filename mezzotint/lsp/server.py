"""The server: who asks for what, and what is sent when.

Work is done in a thread, so that messages are read while a long document is looked at. What was worked out
for a text that has changed since is dropped; changes that arrive meanwhile are looked at together, once.
"""

import asyncio
import contextlib
import logging
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from lsprotocol import types
from pygls.exceptions import FeatureRequestError, JsonRpcContentModified, JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.uris import from_fs_path

from mezzotint import __version__
from mezzotint.compiler.tokens.clip import clip_tokenizer
from mezzotint.lsp import wire
from mezzotint.lsp.configuration import Configurations, Tools
from mezzotint.lsp.names import Names, find_names
from mezzotint.lsp.positions import Encoding
from mezzotint.lsp.protocol import DocumentProtocol
from mezzotint.lsp.settings import SECTION, Settings, read_settings
from mezzotint.lsp.versions import Documents, Open, Version

T = TypeVar("T")
_WORKERS = 2  # a request need not wait until findings are worked out
_PAUSE = 1.0  # seconds between two looks at configuration files
_WATCHED = "**/{mezzotint,pyproject}.toml"


class PromptServer(LanguageServer):
    """A language server with the documents that are open in its client.

    Args:
        tools: the commands' own.
    """

    def __init__(self, tools: Tools) -> None:
        super().__init__(
            "mezzotint",
            __version__,
            text_document_sync_kind=types.TextDocumentSyncKind.Incremental,
            protocol_cls=DocumentProtocol,
        )
        self.documents = Documents(configurations=Configurations(tools))
        self.initial_options: object = None
        self.is_shut_down = False
        self.status = 0  # of the process, when it ends
        self._pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="mezzotint")
        self._checks: dict[str, asyncio.Task[None]] = {}
        self._told: dict[str, str] = {}  # of configuration files, so that each is told once
        self._looked = 0.0

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

    def look(self) -> None:
        """Notice configuration files that came, went or were edited, if that was not done just now."""
        if time.monotonic() - self._looked > _PAUSE:
            self._looked = time.monotonic()
            if self.documents.configurations.have_changed():
                self.reread()

    def reread(self) -> None:
        """Look at all documents with the configuration of now."""
        self.documents.read_with(self.documents.settings, self.documents.names)
        for opened in tuple(self.documents.by_uri.values()):
            self.check(opened)

    def _tell_problems(self) -> None:
        """Say what is wrong with a configuration: in a message, once, and at the file while it is."""
        problems = self.documents.configurations.problems
        for file in self._told.keys() | problems.keys():
            message = problems.get(file)
            if message == self._told.get(file):
                continue
            if message is None:
                del self._told[file]
            else:
                self._told[file] = message
                self.window_show_message(types.ShowMessageParams(types.MessageType.Error, message))
            self._publish(from_fs_path(file) or file, None, wire.about_file(message))

    def check(self, opened: Open) -> None:
        """See to it that the client gets the findings of a document as it is now."""
        self._tell_problems()
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
        """Look into the folders again, and at configuration files."""
        await self._read_with(self.documents.settings)

    async def _read_with(self, settings: Settings) -> None:
        names = await self.work(partial(find_names, settings), Names())
        self.documents.settings, self.documents.names = settings, names
        self.reread()

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

    async def watch(self) -> None:
        """Have the client tell of changed configuration files, if it does so when asked."""
        workspace = self.client_capabilities.workspace
        watching = workspace.did_change_watched_files if workspace else None
        if watching is None or not watching.dynamic_registration:
            return
        options = types.DidChangeWatchedFilesRegistrationOptions([types.FileSystemWatcher(_WATCHED)])
        method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
        registration = types.Registration("mezzotint-configuration", method, options)
        with contextlib.suppress(JsonRpcException):  # then they are looked at now and then
            await self.client_register_capability_async(types.RegistrationParams([registration]))

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


def make_server(tools: Tools) -> PromptServer:
    """A server with all that it can do."""
    from mezzotint.lsp.features import register

    # Each answer that comes too late would leave a traceback in the editor's log.
    logging.getLogger("pygls").setLevel(logging.CRITICAL)
    server = PromptServer(tools)
    register(server)
    return server


def serve_stdio(tools: Tools) -> None:
    """Speak on standard input and output; whatever else is printed goes to standard error."""
    out, sys.stdout = sys.stdout, sys.stderr
    server = make_server(tools)
    server.start_io(sys.stdin.buffer, out.buffer)
    sys.exit(server.status)


def serve_tcp(tools: Tools, host: str, port: int) -> None:
    """Listen for a client."""
    make_server(tools).start_tcp(host, port)
