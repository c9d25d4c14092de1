"""What ``mezzotint check --add-ignores`` does: mark what is found today, so that only what is new is told."""

from collections.abc import Sequence

from mezzotint.cli.checking import reason, tell_unread
from mezzotint.cli.checks import Asked, settings_for
from mezzotint.cli.file_check import Job, check_source, is_list, keep_lines, read_job
from mezzotint.cli.inputs import PICTURES, SHEETS, STDIN, Input, InputError
from mezzotint.cli.report.checked import counts
from mezzotint.cli.rewriting import save, show_difference
from mezzotint.cli.terminal import echo
from mezzotint.compiler.lint.context import A1111_LANGUAGE
from mezzotint.compiler.lint.fixes import apply, keeps_meaning
from mezzotint.compiler.lint.suppressions import suppressions
from mezzotint.compiler.lint.unused import UNKNOWN, UNUSED
from mezzotint.grammar.diagnostics import Severity
from mezzotint.grammar.errors import MezzotintError
from mezzotint.grammar.hosts.files import has_fields
from mezzotint.grammar.span import Span, line_column


def add_ignores(files: Sequence[str], asked: Asked, *, diff: bool = False) -> int:
    """Write a comment behind each line in which something is found.

    Args:
        files: texts and lists of prompts for programs that strip comments; others are told of and left alone.
        asked: how to check; findings milder than its ``fail_level`` are not marked.
        diff: print what would change, and change nothing.

    Returns:
        The exit status: 0 done, 2 a file could not be read or written.
    """
    changed, failed = 0, False
    for name in dict.fromkeys(files):
        try:
            before, after = _marked(name, asked)
            changed += after != before
            if diff:
                show_difference(name, before, after)
            elif after != before:
                save(name, before, after)
        except (MezzotintError, OSError) as error:
            failed = True
            tell_unread(reason(error, name))
    echo(f"{changed} file{'s' * (changed != 1)} {'would be ' * diff}marked", err=True)
    return 2 if failed else 0


def _marked(name: str, asked: Asked) -> tuple[str, str]:
    """The text of a file without the comments and with them."""
    job = Job(name, settings_for(name, asked))
    source = _read(job)
    text = source.document.source
    level = asked.fail_level or Severity.INFO
    codes: dict[int, list[str]] = {}
    for one in check_source(source, job).diagnostics:
        if counts(one, level) and one.code not in (UNUSED, UNKNOWN):
            line, _ = line_column(text, one.span.start)
            codes.setdefault(line, []).append(one.code)
    after = apply(text, _edits(text, codes))
    keeps = keep_lines if is_list(name, job.settings) else keeps_meaning
    if not keeps(text, after):
        raise InputError(f"{name}: with comments these prompts would mean something else; nothing is marked")
    return text, after


def _read(job: Job) -> Input:
    """A file that comments can be written into.

    Raises:
        InputError: they would be drawn there, or read as something else.
    """
    name, dialect = job.name, job.settings.context(job.settings.selection()).dialect
    if name == STDIN or has_fields(name) or name.lower().endswith((*PICTURES, SHEETS)):
        raise InputError(f"{name}: comments are written into text files only; use per-file-ignores")
    if dialect not in A1111_LANGUAGE:
        raise InputError(f"{name}: {dialect} would draw a comment; use per-file-ignores")
    source = read_job(job)
    if source.document.infotext is not None or source.document.flags:
        raise InputError(f"{name}: settings and flags can hold no comments; use per-file-ignores")
    return source


def _edits(text: str, codes: dict[int, list[str]]) -> list[tuple[Span, str]]:
    """One insertion for each line: a comment, or more codes in the one that is there."""
    there = {line_column(text, one.comment.start)[0]: one for one in suppressions(text) if one.places}
    edits, at = [], 0
    for number, line in enumerate(text.split("\n"), 1):
        if named := ", ".join(dict.fromkeys(codes.get(number, ()))):
            end = at + len(line.removesuffix("\r"))
            said = f"  # mezzotint: ignore[{named}]"
            if number in there and there[number].verb == "ignore":
                end, said = there[number].places[-1].end, f", {named}"
            edits.append((Span(end, end), said))
        at += len(line) + 1
    return edits
