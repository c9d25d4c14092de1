"""Run the rules over the texts of a style sheet."""

from mezzotint.compiler.lint.context import HOME, Context
from mezzotint.compiler.lint.lint import in_order, lint
from mezzotint.compiler.lint.placing import hosted
from mezzotint.compiler.lint.suppressions import MARK
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.hosts.files import read_style_sheet


def lint_styles(source: str, *, context: Context = HOME, with_fixes: bool = False) -> list[Diagnostic]:
    """Findings in the prompts of every style; spans are into the sheet.

    Args:
        source: the sheet.
        context: what the styles are written for.
        with_fixes: offer remedies, too.

    Raises:
        StyleSheetError: the text is no style sheet.
    """
    found: list[Diagnostic] = []
    for passage in read_style_sheet(source).passages:
        inner = lint(passage.text, negative=passage.negative, context=context, with_fixes=with_fixes)
        if MARK in passage.text:
            from mezzotint.compiler.lint.unused import heeded_inside

            inner = heeded_inside(inner, passage, context, with_fixes=with_fixes)
        found += [hosted(diagnostic, passage) for diagnostic in inner]
    return in_order(found)
