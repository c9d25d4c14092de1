"""Comments to Mezzotint that switch nothing off, taken out of a file."""

from mezzotint.cli.file_check import Job, check_source, dialect_of, host_of
from mezzotint.cli.inputs import Input
from mezzotint.compiler.lint.fixes import apply
from mezzotint.compiler.lint.suppressions import MARK
from mezzotint.compiler.lint.unused import UNUSED
from mezzotint.grammar.document import read_document
from mezzotint.grammar.hosts.files import has_fields
from mezzotint.grammar.span import Span

_MAX_ROUNDS = 10  # two codes side by side are taken out one after the other


def without_unused(text: str, source: Input, job: Job) -> str:
    """The text of a file without what its comments need not say.

    Args:
        text: the file, put right.
        source: the file as it was read.
        job: how it is checked.
    """
    for _ in range(_MAX_ROUNDS):
        after = apply(text, _edits(text, source, job)) if MARK in text else text
        if after == text or not _is_same(text, after, job):
            return text
        text = after
    return text


def _edits(text: str, source: Input, job: Job) -> list[tuple[Span, str]]:
    document = read_document(text, dialect_of(job.title, job.settings))
    checked = check_source(Input(source.name, document, source.file), job._replace(with_fixes=True))
    found = [
        edit for one in checked.diagnostics if one.code == UNUSED for fix in one.fixes for edit in fix.edits
    ]
    chosen: list[tuple[Span, str]] = []
    for span, new in sorted(found):
        if not chosen or span.start > chosen[-1][0].end:
            chosen.append((span, new))
    return chosen


def _is_same(before: str, after: str, job: Job) -> bool:
    """Whether a file of fields says the same of everything but its prompts, whose fixes are proven apart."""
    if not has_fields(job.title):
        return True
    rest = []
    for text in (before, after):
        host = host_of(text, job.title, job.settings)
        prompts = {one.number for one in host.passages} if host else set()
        leaves = host.leaves if host else ()
        rest.append([leaf.path if at in prompts else leaf.said for at, leaf in enumerate(leaves)])
    return rest[0] == rest[1]
