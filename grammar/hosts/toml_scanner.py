"""The texts in a well-formed TOML file, and their paths. Source: TOML 1.0."""

import re
from collections.abc import Iterator

from mezzotint.grammar.hosts.host import Literal, Path
from mezzotint.grammar.hosts.toml_strings import STRING, string
from mezzotint.grammar.span import Span

_BETWEEN = re.compile(r"(?:[ \t\r\n,]|#[^\n]*)*+")
_SPACE = re.compile(r"[ \t]*+")
_BARE = re.compile(r"[A-Za-z0-9_-]++")
_OTHER = re.compile(r"[^\s,\]}#]++(?: \d[^\s,\]}#]*+)?")  # a date may have a space before its time


def texts(source: str) -> Iterator[tuple[Path, tuple[str, Literal]]]:
    """Each text: its path, what it is, how it stands there.

    Raises:
        ValueError: the file is not well-formed.
    """
    yield from _Scanner(source).statements()


class _Scanner:
    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.items: dict[Path, int] = {}  # the last index of each array of tables

    def statements(self) -> Iterator[tuple[Path, tuple[str, Literal]]]:
        """The whole file: headers of tables, and keys with values."""
        table: Path = ()
        while True:
            self._skip(_BETWEEN)
            if self.at >= len(self.source):
                return
            if self._takes("[["):
                table = self._array(self._key())
                self._needs("]]")
            elif self._takes("["):
                table = self._table(self._key())
                self._needs("]")
            else:
                yield from self._pair(table)

    def _pair(self, table: Path) -> Iterator[tuple[Path, tuple[str, Literal]]]:
        path = (*table, *self._key())
        self._needs("=")
        self._skip(_SPACE)
        yield from self._value(path)

    def _value(self, path: Path) -> Iterator[tuple[Path, tuple[str, Literal]]]:
        if found := STRING.match(self.source, self.at):
            self.at = found.end()
            yield path, string(self.source, Span(found.start(), found.end()))
        elif self._takes("["):
            index = 0
            while not self._closes("]"):
                yield from self._value((*path, str(index)))
                index += 1
        elif self._takes("{"):
            while not self._closes("}"):
                yield from self._pair(path)
        else:
            self._required(_OTHER)

    def _key(self) -> Path:
        """A key and those behind its points, with the space around."""
        names = []
        while True:
            self._skip(_SPACE)
            if found := STRING.match(self.source, self.at):
                self.at = found.end()
                names.append(string(self.source, Span(found.start(), found.end()))[0])
            else:
                names.append(self._required(_BARE))
            self._skip(_SPACE)
            if not self._takes("."):
                return tuple(names)

    def _table(self, names: Path) -> Path:
        """The path of a table: into the last one of each array on the way."""
        path: Path = ()
        for name in names:
            path = (*path, name)
            if path in self.items:
                path = (*path, str(self.items[path]))
        return path

    def _array(self, names: Path) -> Path:
        path = (*self._table(names[:-1]), names[-1])
        self.items[path] = self.items.get(path, -1) + 1
        return (*path, str(self.items[path]))

    def _closes(self, sign: str) -> bool:
        self._skip(_BETWEEN)
        return self._takes(sign)

    def _takes(self, sign: str) -> bool:
        if not self.source.startswith(sign, self.at):
            return False
        self.at += len(sign)
        return True

    def _needs(self, sign: str) -> None:
        if not self._takes(sign):
            raise ValueError(f'no "{sign}" at offset {self.at}')

    def _required(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.source, self.at)
        if found is None:
            raise ValueError(f"nothing that can be read at offset {self.at}")
        self.at = found.end()
        return found[0]

    def _skip(self, pattern: re.Pattern[str]) -> None:
        found = pattern.match(self.source, self.at)
        self.at = found.end() if found else self.at
