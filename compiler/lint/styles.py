"""Run the rules over the texts of a style sheet."""

from dataclasses import replace

from mezzotint.compiler.lint.lint import lint
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.styles.styles import read_styles


def lint_styles(source: str) -> list[Diagnostic]:
    """Findings in the prompts of every style; spans are into the sheet.

    Raises:
        StyleSheetError: the text is no style sheet.
    """
    found: list[Diagnostic] = []
    for style in read_styles(source):
        for text, places, negative in (
            (style.prompt, style.prompt_map, False),
            (style.negative_prompt, style.negative_map, True),
        ):
            found += [replace(d, span=places.span(d.span)) for d in lint(text, negative=negative)]
    return sorted(found, key=lambda d: (d.span.start, d.span.end, d.code))
