"""Run the rules over everything that a document holds."""

from dataclasses import replace

from mezzotint.compiler.lint.lint import lint
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.document import Document


def lint_document(document: Document) -> list[Diagnostic]:
    """Findings in both prompts and in the frame around them; spans are into ``document.source``."""
    found = list(document.diagnostics)
    for text, negative in ((document.prompt, False), (document.negative_prompt, True)):
        found += [
            replace(d, span=document.span(d.span, negative=negative)) for d in lint(text, negative=negative)
        ]
    return sorted(found, key=lambda d: (d.span.start, d.span.end, d.code))
