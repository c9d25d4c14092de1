"""What a rule is."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, TypeAlias

from mezzotint.compiler.lint.context import HOME, Context
from mezzotint.grammar.diagnostics import Diagnostic, Severity
from mezzotint.grammar.span import Span

Edit: TypeAlias = tuple[Span, str]
"""A range of the source and what replaces it."""


class Found(NamedTuple):
    """What a check yields: what is wrong, where, the remedy; ``severity`` where it is not the rule's."""

    message: str
    span: Span
    help: str = ""
    severity: Severity | None = None


class Example(NamedTuple):
    """A text for a rule's documentation and test; ``also`` are the codes that it yields besides."""

    text: str
    context: Context = HOME
    negative: bool = False
    also: tuple[str, ...] = ()


class Remedy(NamedTuple):
    """How a rule's findings are put right.

    Attributes:
        edits: called with the subject and the finding; gives edits in ascending order, none where it
            knows no remedy for this one.
        title: what it does, for menus.
        is_safe: whether the meaning stays; each fix is proven before it is offered.
    """

    edits: Callable[..., Iterable[Edit]]
    title: str
    is_safe: bool = False


class Rule(NamedTuple):
    """A code that is never reused, a name, and a check; its module's docstring explains it.

    Attributes:
        code: ``MZ`` and three digits.
        name: lower case, with hyphens.
        check: called with a subject; yields a :class:`Found` for each finding.
        since: the version that brought it.
        severity: of a finding, where ``families`` has none for the model's family.
        families: other severities by family; ``None`` switches the rule off.
        dialects: those that it is about; none: all.
        nodes: names of node types; the check is called with each such node besides.
        is_document: whether it looks at a whole document, not at each prompt.
        is_default: whether it runs without being asked for.
        is_preview: off by default for now, as its findings are not precise enough yet.
        remedy: how to put its findings right.
        bad: texts that it finds something in.
        good: texts that look like those and are fine.
    """

    code: str
    name: str
    check: Callable[..., Iterable[Found]]
    since: str
    severity: Severity = Severity.WARNING
    families: Mapping[str, Severity | None] | None = None
    dialects: tuple[str, ...] = ()
    nodes: tuple[str, ...] = ()
    is_document: bool = False
    is_default: bool = True
    is_preview: bool = False
    remedy: Remedy | None = None
    bad: tuple[str | Example, ...] = ()
    good: tuple[str | Example, ...] = ()

    def severity_for(self, family: str) -> Severity | None:
        """How bad its findings are to a model family; ``None`` if they are none."""
        return self.families.get(family, self.severity) if self.families else self.severity

    def diagnostic(self, found: Found, severity: Severity) -> Diagnostic:
        """The finding as everybody else reads it."""
        return Diagnostic(self.code, found.message, found.span, found.severity or severity, found.help)
