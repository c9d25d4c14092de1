"""The check of one file, or of a part of a long one: what a process is given to do."""

from pathlib import PurePath
from typing import NamedTuple

from mezzotint.cli.checking import WILDCARDS, find, reason
from mezzotint.cli.inputs import PICTURES, SHEETS, STDIN, Input, InputError, is_text, read_file
from mezzotint.cli.report.checked import Checked
from mezzotint.compiler.lint.config import Settings
from mezzotint.compiler.lint.context import Context
from mezzotint.compiler.lint.document import lint_document
from mezzotint.compiler.lint.lint import lint
from mezzotint.compiler.lint.placing import hosted
from mezzotint.compiler.lint.suppressions import MARK
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.document import Dialect, Document, read_document
from mezzotint.grammar.errors import MezzotintError
from mezzotint.grammar.hosts.files import (
    LINES,
    WITH_COMMENTS,
    WITHOUT_COMMENTS,
    has_fields,
    read_fields,
    read_list,
)
from mezzotint.grammar.hosts.host import Host, Passage


class Job(NamedTuple):
    """A file to check, and how.

    Attributes:
        name: of the file; ``-`` is standard input.
        settings: those that hold for it.
        with_fixes: whether remedies are worked out.
        stdin_name: the name that standard input would have as a file; empty: none.
        lines: a share of the lines of a long file that is read line by line; ``None``: the whole file.
        start: where they stand in it.
    """

    name: str
    settings: Settings
    with_fixes: bool = False
    stdin_name: str = ""
    lines: str | None = None
    start: int = 0

    @property
    def title(self) -> str:
        """The name that tells what kind of file it is."""
        return self.stdin_name if self.name == STDIN and self.stdin_name else self.name


def check_job(job: Job) -> Checked:
    """The findings in a file; one that cannot be read is told of, too."""
    try:
        if job.lines is not None:
            source = Input(job.name, read_document(job.lines, Dialect.A1111), job.name)
        else:
            source = read_job(job)
        return check_source(source, job)
    except (MezzotintError, OSError) as error:
        return Checked(job.name, error=reason(error, job.title))


def read_job(job: Job) -> Input:
    """A file, or standard input as the file that it would be; of many prompts, the whole text as it is.

    Raises:
        InputError: it is no text, or standard input would be a picture.
        OSError: it cannot be read.
    """
    dialect = dialect_of(job.title, job.settings)
    if job.title == job.name:
        return read_file(job.name, dialect)
    if job.title.lower().endswith(PICTURES):
        raise InputError(f"{job.title}: pictures are not read from standard input; name the file")
    return Input(job.title, read_file(STDIN, dialect).document, job.title)


def dialect_of(name: str, settings: Settings) -> Dialect:
    """How the text of a file is taken apart; of one that holds many prompts, not at all."""
    is_many = name.lower().endswith(SHEETS) or has_fields(name) or is_list(name, settings)
    return Dialect.A1111 if is_many else settings.reading


def is_by_line(name: str, settings: Settings) -> bool:
    """Whether the lines of a file can be checked apart."""
    return name.lower().endswith(LINES) or is_list(name, settings)


def is_list(name: str, settings: Settings) -> bool:
    """Whether each line of a file is a prompt."""
    if name.lower().endswith((*PICTURES, SHEETS)) or has_fields(name):
        return False
    return is_wildcard(name) if settings.line_mode is None else settings.line_mode


def is_wildcard(name: str) -> bool:
    """Whether a file is one of those that dynamic prompts draw lines from."""
    return WILDCARDS in PurePath(name).parts[:-1] and name.lower().endswith(".txt")


def host_of(text: str, name: str, settings: Settings) -> Host | None:
    """A file that holds many prompts; ``None`` for one that is a prompt, or a style sheet.

    Raises:
        HostError: the file is not what its name says.
    """
    if has_fields(name):
        return read_fields(text, name, settings.fields)
    return read_list(text, is_wildcard=is_wildcard(name)) if is_list(name, settings) else None


def check_source(source: Input, job: Job, context: Context | None = None) -> Checked:
    """The findings in a text that was read; the context may be given by who knows more than settings say."""
    text, settings = source.document.source, job.settings
    selection = settings.selection(source.file or "")
    context = context or settings.context(selection)
    host = host_of(text, job.title, settings)
    found = _in_host(host, context, job) if host else find(source, context, with_fixes=job.with_fixes)
    kept = tuple(one for one in found if selection.keeps(one.code))
    return Checked(source.name, text, kept, file=source.file, is_text=is_text(job.name))


def _in_host(host: Host, context: Context, job: Job) -> list[Diagnostic]:
    found: list[Diagnostic] = []
    for passage in host.passages:
        inner = _in_passage(passage, context, job)
        if MARK in passage.text and has_fields(job.title):
            from mezzotint.compiler.lint.unused import heeded_inside

            inner = heeded_inside(inner, passage, context, with_fixes=job.with_fixes)
        found += [hosted(one, passage) for one in inner]
    if job.title.lower().endswith(WITH_COMMENTS):
        return heeding_comments(found, host.surroundings(), job)
    return found if job.lines is not None else heeding_comments(found, host.source, job)


def heeding_comments(found: list[Diagnostic], text: str, job: Job) -> list[Diagnostic]:
    """The findings in a file of many prompts that no comment beside them switches off, and those about such.

    In a list, a comment on a line of its own speaks of the next line, which is another prompt.
    """
    if MARK not in text or job.title.lower().endswith(WITHOUT_COMMENTS):
        return found
    from mezzotint.compiler.lint.unused import heeded

    selection = job.settings.selection("" if job.name == STDIN else job.name)
    # Beside prompts it is no part of any; in a list it is one that A1111 strips from the end of a line.
    prove = keep_lines if job.with_fixes else None
    told = heeded(found, text, job.settings.context(selection), prove)
    return [one for one in told if selection.keeps(one.code)]


def keep_lines(before: str, after: str) -> bool:
    """Whether the lines of a list mean the same after something was taken out of one."""
    from mezzotint.compiler.equivalence import means_same

    old, new = before.split("\n"), after.split("\n")
    if len(new) < len(old):
        return True
    return all(means_same(one, other) for one, other in zip(old, new, strict=True) if one != other)


def _in_passage(passage: Passage, context: Context, job: Job) -> list[Diagnostic]:
    if passage.negative:
        return lint(passage.text, negative=True, context=context, with_fixes=job.with_fixes)
    document: Document = read_document(passage.text, job.settings.reading)
    return lint_document(document, context=context, with_fixes=job.with_fixes)
