"""The check of one file, or of a part of a long one: what a process is given to do."""

from collections.abc import Sequence
from pathlib import PurePath
from typing import NamedTuple

from mezzotint.cli.checking import WILDCARDS, find, reason
from mezzotint.cli.inputs import PICTURES, SHEETS, STDIN, Input, read_file
from mezzotint.cli.passages import Passage, field_passages, has_fields, line_passages
from mezzotint.cli.report.checked import Checked
from mezzotint.compiler.lint.config import Settings
from mezzotint.compiler.lint.context import Context
from mezzotint.compiler.lint.document import lint_document
from mezzotint.compiler.lint.lint import lint
from mezzotint.compiler.lint.placing import placed
from mezzotint.compiler.lint.suppressions import MARK, unsuppressed
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.document import Dialect, Document, read_document
from mezzotint.grammar.errors import MezzotintError


class Job(NamedTuple):
    """A file to check, and how.

    Attributes:
        name: of the file; ``-`` is standard input.
        settings: those that hold for it.
        with_fixes: whether remedies are worked out.
        part, parts: which share of its prompts, counted from 0, where it holds many.
    """

    name: str
    settings: Settings
    with_fixes: bool = False
    part: int = 0
    parts: int = 1


def check_job(job: Job) -> Checked:
    """The findings in a file; one that cannot be read is told of, too."""
    try:
        return check_source(read_source(job.name, job.settings), job)
    except (MezzotintError, OSError) as error:
        return Checked(job.name, error=reason(error, job.name))


def read_source(name: str, settings: Settings) -> Input:
    """A file; of one that holds many prompts, the whole text as it is."""
    is_many = has_fields(name) or is_list(name, settings)
    return read_file(name, Dialect.A1111 if is_many else settings.reading)


def is_list(name: str, settings: Settings) -> bool:
    """Whether each line of a file is a prompt."""
    if name.lower().endswith((*PICTURES, SHEETS)) or has_fields(name):
        return False
    return is_wildcard(name) if settings.line_mode is None else settings.line_mode


def is_wildcard(name: str) -> bool:
    """Whether a file is one of those that dynamic prompts draw lines from."""
    return WILDCARDS in PurePath(name).parts[:-1] and name.lower().endswith(".txt")


def passages_of(text: str, name: str, settings: Settings) -> list[Passage] | None:
    """The prompts in a file that holds many; ``None`` for one that is a prompt, or a style sheet."""
    if has_fields(name):
        return field_passages(text, name, settings.fields)
    if is_list(name, settings):
        return list(line_passages(text, is_wildcard=is_wildcard(name)))
    return None


def check_source(source: Input, job: Job) -> Checked:
    """The findings in a text that was read."""
    text, settings = source.document.source, job.settings
    selection = settings.selection(source.file or "")
    context = settings.context(selection)
    passages = passages_of(text, job.name, settings)
    if passages is None:
        found = find(source, context, with_fixes=job.with_fixes) if job.part == 0 else []
    else:
        share = passages[len(passages) * job.part // job.parts : len(passages) * (job.part + 1) // job.parts]
        found = _in_passages(share, text, context, job)
    kept = tuple(one for one in found if selection.keeps(one.code))
    is_text = not job.name.lower().endswith(PICTURES)
    return Checked(source.name, text, kept, file=source.file, is_text=is_text or job.name == STDIN)


def _in_passages(passages: Sequence[Passage], text: str, context: Context, job: Job) -> list[Diagnostic]:
    found: list[Diagnostic] = []
    for passage in passages:
        inner = _in_passage(passage, context, job)
        if MARK in passage.text:
            inner = unsuppressed(inner, passage.text)
        found += [placed(one, passage.text, text, passage.map.span) for one in inner]
    # A comment on a line of its own, in a list, speaks of the next line, which is another prompt.
    return unsuppressed(found, text) if MARK in text and not has_fields(job.name) else found


def _in_passage(passage: Passage, context: Context, job: Job) -> list[Diagnostic]:
    if passage.negative:
        return lint(passage.text, negative=True, context=context, with_fixes=job.with_fixes)
    document: Document = read_document(passage.text, job.settings.reading)
    return lint_document(document, context=context, with_fixes=job.with_fixes)
