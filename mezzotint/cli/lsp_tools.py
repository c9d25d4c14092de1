"""What the language server does as the commands do it: the prompts in a file, and the findings."""

from mezzotint.cli.file_check import Job, check_source, host_of
from mezzotint.cli.inputs import STDIN, Input
from mezzotint.compiler.lint.config import Settings
from mezzotint.compiler.lint.context import Context
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.document import Document
from mezzotint.lsp.configuration import Tools


def _check(
    document: Document, name: str, settings: Settings, context: Context, with_fixes: bool
) -> list[Diagnostic]:
    source = Input(name or "<stdin>", document, name or None)
    return list(check_source(source, Job(name or STDIN, settings, with_fixes), context).diagnostics)


TOOLS = Tools(host_of, _check)
