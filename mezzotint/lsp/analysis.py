"""All that is known of one version of a document, each part worked out when it is first asked for."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from mezzotint.compiler.lint.context import Context
from mezzotint.compiler.lint.document import lint_document
from mezzotint.compiler.lint.lint import in_order, lint
from mezzotint.compiler.lint.suppressions import MARK, suppressions, unsuppressed
from mezzotint.grammar.diagnostics import Diagnostic, Severity
from mezzotint.grammar.document import Document, read_document
from mezzotint.grammar.errors import MezzotintError
from mezzotint.grammar.hosts.files import read_style_sheet
from mezzotint.grammar.hosts.host import Host
from mezzotint.grammar.infotext.record import Infotext
from mezzotint.grammar.lexer import Language
from mezzotint.grammar.nodes import Prompt
from mezzotint.grammar.parser import parse
from mezzotint.grammar.span import Span
from mezzotint.highlight.marks import Mark, document_marks, prompt_marks
from mezzotint.lsp.configuration import Setup
from mezzotint.lsp.effective import Reading
from mezzotint.lsp.hosts import host_regions
from mezzotint.lsp.python_strings import python_regions
from mezzotint.lsp.regions import Kind, Region, document_regions, inner_regions

MAX_SIZE = 256 * 1024
"""Characters of a document that is looked into; a larger one is no prompt."""
MAX_FINDINGS = 1000
"""Findings that are told of a document: an editor that has to draw more stands still."""
MAX_PROOF = 4_000_000
"""Characters of text times findings up to which remedies are offered: each is proven on the whole text."""
DEFAULT_STEPS = 20
TOO_LARGE, TOO_MANY, NO_SHEET = "too-large", "too-many", "no-style-sheet"


class Analysis:
    """One version of a document, and what it is looked at with. Never changes."""

    def __init__(self, source: str, kind: Kind, setup: Setup) -> None:
        self.source, self.kind, self.setup = source, kind, setup

    @property
    def is_too_large(self) -> bool:
        """Whether nothing is said about it but that."""
        return len(self.source) > MAX_SIZE

    @cached_property
    def document(self) -> Document | None:
        """The document, where it is one prompt or infotext."""
        if self.is_too_large or self.passages is not None:
            return None
        return read_document(self.source, self.setup.checks.reading)

    @property
    def infotext(self) -> Infotext | None:
        """The record, where the document is an infotext."""
        return self.document.infotext if self.document else None

    @cached_property
    def host(self) -> Host | None:
        """The file with many prompts that it is.

        Raises:
            MezzotintError: it is not what its name says.
        """
        if self.kind is Kind.STYLES:
            return read_style_sheet(self.source)
        return self.setup.tools.host(self.source, self.setup.name, self.setup.checks)

    @cached_property
    def passages(self) -> Sequence[Region] | None:
        """The texts that stand in it, where it is not one itself."""
        if self.is_too_large:
            return ()
        if self.kind is Kind.PYTHON:
            return python_regions(self.source)
        try:
            return None if self.host is None else host_regions(self.host, self.setup.name, self.kind)
        except MezzotintError:  # any table may be called .csv, and a file that is edited is rarely whole
            return ()

    @cached_property
    def regions(self) -> Sequence[Region]:
        """Its prompts, in order."""
        if self.document is not None:
            return document_regions(self.document)
        if self.kind is Kind.STYLES:
            return self.passages or ()
        dialect = self.setup.checks.reading
        return [region for passage in self.passages or () for region in inner_regions(passage, dialect)]

    @cached_property
    def context(self) -> Context:
        """What rules are told."""
        names = self.setup.names
        found = self.setup.context._replace(
            networks=None if names.networks is None else dict.fromkeys(names.networks, ""),
            embeddings=names.embeddings,
            wildcards=names.wildcards,
        )
        return found if self.infotext is None else found.of(self.infotext)

    @property
    def fixing(self) -> Context:
        """The same without what a comment in the document switches off: that stays as it is everywhere."""
        if MARK not in self.source:
            return self.context
        off = tuple(code for one in suppressions(self.source) for code in one.selectors)
        selection = self.setup.selection
        return self.context.with_rules(selection._replace(never=(*selection.never, *off)).rules())

    @cached_property
    def diagnostics(self) -> list[Diagnostic]:
        """The findings, without remedies; the first so many."""
        found = self._find(with_fixes=False)
        if len(found) <= MAX_FINDINGS:
            return found
        message = f"{len(found) - MAX_FINDINGS} more findings are not shown"
        return [*found[:MAX_FINDINGS], Diagnostic(TOO_MANY, message, Span(0, 0), Severity.INFO)]

    @cached_property
    def fixable(self) -> list[Diagnostic]:
        """The findings with the remedies that can be applied here."""
        if len(self.source) * len(self.diagnostics) > MAX_PROOF:
            return []
        return self._find(with_fixes=True)

    @cached_property
    def marks(self) -> list[Mark]:
        """What highlighters colour, in order."""
        if self.document is not None:
            return document_marks(self.document)
        found = [
            Mark(region.map.span(mark.span), mark.kind)
            for region in self.regions
            for mark in prompt_marks(self.tree(region))
        ]
        return sorted(found, key=lambda mark: mark.span)

    def tree(self, region: Region) -> Prompt:
        """The syntax tree of one of its prompts."""
        return self._tree(region.text, region.language)

    def _tree(self, text: str, language: Language) -> Prompt:
        key = (text, language)
        if key not in self._trees:
            self._trees[key] = parse(text, language)
        return self._trees[key]

    @cached_property
    def _trees(self) -> dict[tuple[str, Language], Prompt]:
        return {}

    def reading(self, region: Region) -> Reading:
        """One of its prompts laid out over the steps.

        Raises:
            PromptError: it does not compile.
        """
        return Reading(region.text, negative=region.negative, steps=self.context.steps or DEFAULT_STEPS)

    def region_at(self, offset: int) -> tuple[Region, int] | None:
        """The prompt that a place in the document is in, and where in it."""
        for region in self.regions:
            if (inner := region.inner(offset)) is not None:
                return region, inner
        return None

    def _find(self, *, with_fixes: bool) -> list[Diagnostic]:
        """The findings that are asked for, and that no comment switches off."""
        if self.setup.is_excluded:
            return []
        if self.is_too_large:
            message = f"this document has {len(self.source)} characters; up to {MAX_SIZE} are looked into"
            end = self.source.find("\n", 0, MAX_SIZE)
            first = Span(0, min(end, 200) if end >= 0 else 200)
            return [Diagnostic(TOO_LARGE, message, first, Severity.INFO, "keep prompts in smaller files")]
        if self.kind is Kind.PYTHON:
            found = in_order(self._passages(with_fixes=with_fixes))
            found = [one for one in found if self.setup.selection.keeps(one.code)]
            return unsuppressed(found, self.source)
        document = self.document or Document(self.source, self.source)
        try:
            checks, context = self.setup.checks, self.context
            return self.setup.tools.check(document, self._name, checks, context, with_fixes)
        except (
            MezzotintError
        ) as error:  # a file that is edited is rarely whole, and any table may be called .csv
            is_sheet = self.setup.name.lower().endswith("styles.csv")
            message = str(error).removeprefix(f"{self._name}: ")
            return [Diagnostic(NO_SHEET, message, Span(0, 0), Severity.ERROR)] if is_sheet else []

    @property
    def _name(self) -> str:
        """A name that tells of what kind it is; only the client's word may do so otherwise."""
        name = self.setup.name
        is_told = self.kind is not Kind.STYLES or name.lower().endswith(".csv")
        return name if is_told else f"{name or 'untitled'}.csv"

    def _passages(self, *, with_fixes: bool) -> Iterator[Diagnostic]:
        for passage in self.passages or ():
            for one in self._passage(passage, with_fixes=with_fixes):
                fixes = [fix for fix in map(passage.fix, one.fixes) if fix]
                yield replace(one, span=passage.map.span(one.span), fixes=tuple(fixes))

    def _passage(self, passage: Region, *, with_fixes: bool) -> list[Diagnostic]:
        if passage.negative:
            return lint(passage.text, negative=True, context=self.context, with_fixes=with_fixes)
        document = read_document(passage.text, self.setup.checks.reading)
        return lint_document(document, context=self.context, with_fixes=with_fixes)
