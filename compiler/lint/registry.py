"""What a rule is, and what it looks at."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.lexer import NEGATIVE, POSITIVE
from mezzotint.grammar.nodes import Prompt
from mezzotint.grammar.parser import parse


@dataclass(frozen=True, slots=True)
class Subject:
    """One prompt under inspection: its source, its tree, and whether it is the negative one."""

    source: str
    tree: Prompt
    negative: bool = False

    @classmethod
    def read(cls, source: str, *, negative: bool = False) -> "Subject":
        """Parse a prompt for inspection."""
        return cls(source, parse(source, NEGATIVE if negative else POSITIVE), negative)


@dataclass(frozen=True, slots=True)
class Rule:
    """A code that is never reused, a name, the check, and the version that brought it."""

    code: str
    name: str
    check: Callable[[Subject], Iterator[Diagnostic]]
    since: str
