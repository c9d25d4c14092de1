"""The configuration of each document: the nearest file, as ``check`` finds it, and the editor's settings.

Files are read again when they have changed. One that cannot be followed is told of, and what it said before
holds until it is put right.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from mezzotint.compiler.lint.config import Settings as Checks
from mezzotint.compiler.lint.config import read_config
from mezzotint.compiler.lint.config_file import OWN, SHARED, find_config
from mezzotint.compiler.lint.context import HOME, Context
from mezzotint.compiler.lint.selection import Selection
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.document import Document
from mezzotint.grammar.errors import MezzotintError
from mezzotint.grammar.hosts.host import Host
from mezzotint.lsp.names import Names
from mezzotint.lsp.settings import Settings


class Tools(NamedTuple):
    """What the commands do, and the server does alike.

    Attributes:
        host: finds the prompts in the text of a file of a name; ``None`` where it is one.
        check: the findings in a document of a name, with remedies if asked for.
    """

    host: Callable[[str, str, Checks], Host | None]
    check: Callable[[Document, str, Checks, Context, bool], list[Diagnostic]]


class Setup(NamedTuple):
    """What a document is looked at with.

    Attributes:
        tools: the commands' own.
        name: of its file; empty where it has none.
        checks: how it is checked.
        selection, context: what that comes to for this file; the context does not know of names yet.
        is_excluded: whether it is one of the files that are left out, so nothing is found in it.
        names: what prompts may use.
        hints: whether effective weights are shown.
    """

    tools: Tools
    name: str = ""
    checks: Checks = Checks()
    selection: Selection = Selection()
    context: Context = HOME
    is_excluded: bool = False
    names: Names = Names()
    hints: bool = True


class Configurations:
    """The configuration files that were read.

    Args:
        tools: see :class:`Setup`.

    Attributes:
        folder: of the workspace, for documents without a file.
        problems: what is wrong with those that cannot be followed.
    """

    def __init__(self, tools: Tools) -> None:
        self.tools = tools
        self.folder = "."
        self.problems: dict[str, str] = {}
        self._good: dict[str, Checks] = {}
        self._seen: dict[str, tuple[int, int] | None] = {}

    def setup(self, name: str, settings: Settings, names: Names) -> Setup:
        """What a document is looked at with; ``name`` is that of its file, or empty."""
        self._note(*_candidates(Path(name).parent if name else Path(self.folder)))
        checks = self._read(name, settings).with_options(settings.options)
        selection = checks.selection(name)
        return Setup(
            self.tools,
            name,
            checks,
            selection,
            checks.context(selection),
            is_excluded=bool(name) and self._excludes(checks, name),
            names=names,
            hints=settings.hints,
        )

    def have_changed(self) -> bool:
        """Whether a file that was looked for came, went or was edited since."""
        return any(_state(file) != state for file, state in self._seen.items())

    def forget(self) -> None:
        """Have all files found and read again."""
        find_config.cache_clear()
        read_config.cache_clear()

    def start_over(self) -> None:
        """The same, when all documents are about to be set up again."""
        self.forget()
        self.problems = {}
        self._seen = {}

    def _read(self, name: str, settings: Settings) -> Checks:
        if settings.config == "":
            return Checks()
        file = settings.config or find_config(str(Path(name).parent) if name else self.folder)
        if file is None:
            return Checks()
        try:
            self._good[file] = read_config(file)
        except MezzotintError as error:
            self.problems[file] = str(error)
        else:
            self.problems.pop(file, None)
        checks = self._good.get(file, Checks())
        self._note(file, *checks.files)
        return checks

    def _note(self, *files: str) -> None:
        for file in files:
            if file not in self._seen:
                self._seen[file] = _state(file)

    def _excludes(self, checks: Checks, name: str) -> bool:
        """Whether a file, or a folder of it below that of the configuration, is left out."""
        path = Path(name)
        top = Path(checks.files[0]).absolute().parent if checks.files else Path(self.folder).absolute()
        below = [one for one in path.parents if one.is_relative_to(top) and one != top]
        return any(checks.excludes(str(one)) for one in (path, *below))


def _candidates(folder: Path) -> Iterator[str]:
    for above in (folder, *folder.absolute().parents):
        yield from (str(above / OWN), str(above / SHARED))


def _state(file: str) -> tuple[int, int] | None:
    try:
        status = Path(file).stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
