"""All that is known of one version of a document, each part worked out when it is first asked for."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from mezzotint.compiler.lint.context import Context
from mezzotint.compiler.lint.document import lint_document
from mezzotint.compiler.lint.lint import in_order, lint
from mezzotint.compiler.lint.suppressions import MARK, unsuppressed
from mezzotint.grammar.diagnostics import Diagnostic, Severity
from mezzotint.grammar.document import Document, read_document
from mezzotint.grammar.errors import MezzotintError
from mezzotint.grammar.infotext.record import Infotext
from mezzotint.grammar.lexer import Language
from mezzotint.grammar.nodes import Prompt
from mezzotint.grammar.parser import parse
from mezzotint.grammar.span import Span
from mezzotint.highlight.marks import Mark, document_marks, prompt_marks
from mezzotint.lsp.effective import Reading
from mezzotint.lsp.names import Names
from mezzotint.lsp.python_strings import python_regions
from mezzotint.lsp.regions import Kind, Region, document_regions, line_regions, style_regions
from mezzotint.lsp.settings import Settings

MAX_SIZE = 256 * 1024
"""Characters of a document that is looked into; a larger one is no prompt."""
MAX_FINDINGS = 1000
"""Findings that are told of a document: an editor that has to draw more stands still."""
MAX_PROOF = 4_000_000
"""Characters of text times findings up to which remedies are offered: each is proven on the whole text."""
DEFAULT_STEPS = 20
TOO_LARGE, TOO_MANY, NO_SHEET = "too-large", "too-many", "no-style-sheet"


class Analysis:
    """One version of a document, the settings and the names that it is read with. Never changes."""

    def __init__(self, source: str, kind: Kind, settings: Settings, names: Names, uri: str = "") -> None:
        self.source, self.kind, self.settings, self.names, self.uri = source, kind, settings, names, uri

    @property
    def is_too_large(self) -> bool:
        """Whether nothing is said about it but that."""
        return len(self.source) > MAX_SIZE

    @cached_property
    def document(self) -> Document | None:
        """The document, where it is one prompt or infotext."""
        return read_document(self.source) if self.kind is Kind.PROMPT and not self.is_too_large else None

    @property
    def infotext(self) -> Infotext | None:
        """The record, where the document is an infotext."""
        return self.document.infotext if self.document else None

    @cached_property
    def regions(self) -> Sequence[Region]:
        """Its prompts, in order."""
        if self.document is not None:
            return document_regions(self.document)
        if self.is_too_large:
            return []
        if self.kind is Kind.LINES:
            return line_regions(self.source)
        if self.kind is Kind.PYTHON:
            return python_regions(self.source)
        try:
            return style_regions(self.source)
        except MezzotintError:  # any table may be called .csv
            return []

    @cached_property
    def context(self) -> Context:
        """What rules are told."""
        networks = self.names.networks
        found = Context(
            family=self.settings.family,
            dialect=self.settings.dialect,
            steps=self.settings.steps,
            networks=None if networks is None else dict.fromkeys(networks, ""),
            embeddings=self.names.embeddings,
            wildcards=self.names.wildcards,
        )
        return found if self.infotext is None else found.of(self.infotext)

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
        """The findings that no comment in the document switches off."""
        found = self._find_all(with_fixes=with_fixes)
        return unsuppressed(found, self.source) if MARK in self.source and not self.is_too_large else found

    def _find_all(self, *, with_fixes: bool) -> list[Diagnostic]:
        if self.is_too_large:
            message = f"this document has {len(self.source)} characters; up to {MAX_SIZE} are looked into"
            end = self.source.find("\n", 0, MAX_SIZE)
            first = Span(0, min(end, 200) if end >= 0 else 200)
            return [Diagnostic(TOO_LARGE, message, first, Severity.INFO, "keep prompts in smaller files")]
        if self.document is not None:
            return lint_document(self.document, context=self.context, with_fixes=with_fixes)
        return in_order([*self._sheet(), *self._regions(with_fixes=with_fixes)])

    def _regions(self, *, with_fixes: bool) -> Iterator[Diagnostic]:
        for region in self.regions:
            found = lint(region.text, negative=region.negative, context=self.context, with_fixes=with_fixes)
            for one in found:
                fixes = [fix for fix in (region.fix(fix, self.source) for fix in one.fixes) if fix]
                yield replace(one, span=region.map.span(one.span), fixes=tuple(fixes))

    def _sheet(self) -> Iterator[Diagnostic]:
        """Whether a file of the reference's name is a style sheet."""
        if self.kind is Kind.STYLES and self.uri.lower().endswith("/styles.csv"):
            try:
                style_regions(self.source)
            except MezzotintError as error:
                yield Diagnostic(NO_SHEET, str(error), Span(0, 0), Severity.ERROR)
