"""What a rule looks at: one prompt, or the document around it, read only as far as a rule asks."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from mezzotint.compiler.lint.context import A1111_LANGUAGE, Context
from mezzotint.compiler.lint.index import index
from mezzotint.grammar.lexer import NEGATIVE, POSITIVE
from mezzotint.grammar.nodes import Node, Prompt
from mezzotint.grammar.parser import parse
from mezzotint.grammar.span import Span
from mezzotint.grammar.words import find_comments

if TYPE_CHECKING:
    from mezzotint.compiler.ir import Program
    from mezzotint.grammar.document import Document

_T = TypeVar("_T")


class Subject:
    """One prompt under inspection. Tree, nodes and program are made when they are first asked for."""

    __slots__ = (
        "_memory",
        "_nodes",
        "_program",
        "_tree",
        "context",
        "is_compiled",
        "negative",
        "source",
    )

    def __init__(self, source: str, *, negative: bool, context: Context) -> None:
        self.source, self.negative, self.context = source, negative, context
        self._tree: Prompt | None = None
        self._nodes: dict[str, list[Node]] | None = None
        self._program: Program | None = None
        self._memory: dict[str, Any] = {}
        self.is_compiled = False

    def text(self, span: Span) -> str:
        """What stands in a range."""
        return self.source[span.start : span.end]

    def remember(self, name: str, make: Callable[[], _T]) -> _T:
        """What a rule works out once for a prompt and asks for again at each finding."""
        if name not in self._memory:
            self._memory[name] = make()
        found: _T = self._memory[name]
        return found

    @property
    def visible(self) -> str:
        """The source with blanks for comments, where the program strips them: what a search may look at."""
        if "#" not in self.source or self.context.dialect not in A1111_LANGUAGE:
            return self.source
        parts, at = [], 0
        for start, end in find_comments(self.source):
            parts += [self.source[at:start], " " * (end - start)]
            at = end
        return "".join([*parts, self.source[at:]])

    @property
    def tree(self) -> Prompt:
        """The syntax tree."""
        if self._tree is None:
            self._tree = parse(self.source, NEGATIVE if self.negative else POSITIVE)
        return self._tree

    @property
    def nodes(self) -> Mapping[str, Sequence[Node]]:
        """The nodes of the tree, see :func:`mezzotint.compiler.lint.index.index`."""
        if self._nodes is None:
            self._nodes = index(self.tree)
        return self._nodes

    @property
    def program(self) -> "Program | None":
        """The compiled prompt; ``None`` where it does not compile."""
        if not self.is_compiled:
            from mezzotint.compiler.lower import compile_prompt
            from mezzotint.compiler.passes.clock import Clock
            from mezzotint.grammar.errors import PromptError

            self.is_compiled = True
            clock = Clock(self.context.steps) if self.context.steps else None
            pair = ("", self.source) if self.negative else (self.source, "")
            try:
                self._program = compile_prompt(*pair, clock=clock)
            except PromptError:
                self._program = None
        return self._program


class DocumentSubject:
    """A whole document under inspection: settings, and what holds between both prompts."""

    __slots__ = ("context", "document", "source")

    def __init__(self, document: "Document", context: Context) -> None:
        self.document, self.context, self.source = document, context, document.source

    def text(self, span: Span) -> str:
        """What stands in a range of the source."""
        return self.source[span.start : span.end]
