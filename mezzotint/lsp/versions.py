"""The documents that a client has open, each with its latest version."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from mezzotint.grammar.document import read_document
from mezzotint.lsp.analysis import Analysis
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
        current: its latest version.
        checked: the version whose findings the client has, or is being sent.
        is_open: whether the client still has it open.
    """

    uri: str
    kind: Kind
    current: Version
    checked: Version | None = None
    is_open: bool = True


@dataclass(slots=True)
class Documents:
    """All of them, and what they are read with."""

    encoding: Encoding = Encoding.UTF16
    settings: Settings = field(default_factory=Settings)
    names: Names = field(default_factory=Names)
    by_uri: dict[str, Open] = field(default_factory=dict)

    def open(self, uri: str, language: str, number: int | None, text: str) -> Open:
        """A document was opened, or opened again."""
        kind = kind_of(uri, language)
        opened = Open(uri, kind, self._version(uri, kind, number, joined(text)))
        self.by_uri[uri] = opened
        return opened

    def change(self, uri: str, number: int | None, changes: Iterable[Change]) -> Open | None:
        """A document was edited; ``None`` if it is not open."""
        opened = self.by_uri.get(uri)
        if opened is not None:
            text = apply_changes(opened.current.analysis.source, changes, self.encoding)
            opened.current = self._version(uri, opened.kind, number, text)
        return opened

    def close(self, uri: str) -> None:
        """A document was closed."""
        if opened := self.by_uri.pop(uri, None):
            opened.is_open = False

    def read_with(self, settings: Settings, names: Names) -> None:
        """Read every document anew, with other settings and names."""
        self.settings, self.names = settings, names
        for opened in self.by_uri.values():
            old = opened.current
            opened.current = self._version(opened.uri, opened.kind, old.number, old.analysis.source)

    def _version(self, uri: str, kind: Kind, number: int | None, text: str) -> Version:
        if kind is Kind.PROMPT and self.settings.lines and read_document(text).infotext is None:
            kind = Kind.LINES
        analysis = Analysis(text, kind, self.settings, self.names, uri)
        return Version(number, analysis, Positions(text, self.encoding))
