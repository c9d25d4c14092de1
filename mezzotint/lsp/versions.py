"""The documents that a client has open, each with its latest version."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from pygls.uris import to_fs_path

from mezzotint.lsp.analysis import Analysis
from mezzotint.lsp.configuration import Configurations, Setup
from mezzotint.lsp.names import Names
from mezzotint.lsp.positions import Change, Encoding, Positions, apply_changes, joined
from mezzotint.lsp.regions import Kind, kind_of
from mezzotint.lsp.settings import Settings


class Version(NamedTuple):
    """One version of a document: its number, what is known of it, and its lines as the client counts."""

    number: int | None
    analysis: Analysis
    lines: Positions


@dataclass(slots=True)
class Open:
    """A document that a client has open.

    Attributes:
        uri: its name.
        kind: how it holds prompts.
        setup: what it is looked at with.
        current: its latest version.
        checked: the version whose findings the client has, or is being sent.
        is_open: whether the client still has it open.
    """

    uri: str
    kind: Kind
    setup: Setup
    current: Version
    checked: Version | None = None
    is_open: bool = True


@dataclass(slots=True)
class Documents:
    """All of them, and what they are read with."""

    configurations: Configurations
    encoding: Encoding = Encoding.UTF16
    settings: Settings = field(default_factory=Settings)
    names: Names = field(default_factory=Names)
    by_uri: dict[str, Open] = field(default_factory=dict)

    def open(self, uri: str, language: str, number: int | None, text: str) -> Open:
        """A document was opened, or opened again."""
        self.configurations.forget()
        kind, setup = kind_of(uri, language), self._setup(uri)
        opened = Open(uri, kind, setup, self._version(kind, setup, number, joined(text)))
        self.by_uri[uri] = opened
        return opened

    def change(self, uri: str, number: int | None, changes: Iterable[Change]) -> Open | None:
        """A document was edited; ``None`` if it is not open."""
        opened = self.by_uri.get(uri)
        if opened is not None:
            text = apply_changes(opened.current.analysis.source, changes, self.encoding)
            opened.current = self._version(opened.kind, opened.setup, number, text)
        return opened

    def close(self, uri: str) -> None:
        """A document was closed."""
        if opened := self.by_uri.pop(uri, None):
            opened.is_open = False

    def read_with(self, settings: Settings, names: Names) -> None:
        """Read every document anew, with other settings and names, and with the configuration of now."""
        self.settings, self.names = settings, names
        self.configurations.start_over()
        for opened in self.by_uri.values():
            old = opened.current
            opened.setup = self._setup(opened.uri)
            opened.current = self._version(opened.kind, opened.setup, old.number, old.analysis.source)

    def _setup(self, uri: str) -> Setup:
        name = to_fs_path(uri) if uri.startswith("file:") else None
        return self.configurations.setup(name or "", self.settings, self.names)

    def _version(self, kind: Kind, setup: Setup, number: int | None, text: str) -> Version:
        return Version(number, Analysis(text, kind, setup), Positions(text, self.encoding))
