"""Run the rules over the texts of a style sheet."""

from mezzotint.compiler.lint.context import HOME, Context
from mezzotint.compiler.lint.lint import in_order, lint
from mezzotint.compiler.lint.placing import placed
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.styles.styles import read_styles


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
    for style in read_styles(source):
        for text, places, negative in (
            (style.prompt, style.prompt_map, False),
            (style.negative_prompt, style.negative_map, True),
        ):
            inner = lint(text, negative=negative, context=context, with_fixes=with_fixes)
            found += [placed(diagnostic, text, source, places.span) for diagnostic in inner]
    return in_order(found)
