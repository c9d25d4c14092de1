"""What ``mezzotint fix`` and ``mezzotint check --fix`` do."""

from collections.abc import Callable, Sequence

from mezzotint.cli.checking import reason, show, tell_unread
from mezzotint.cli.checks import Asked, check_asked, job_for, status
from mezzotint.cli.file_check import Job, check_source, dialect_of, read_job
from mezzotint.cli.inputs import SHEETS, STDIN, Input, InputError, is_text
from mezzotint.cli.rewriting import rewritten, save, show_difference, tell_refused
from mezzotint.cli.terminal import echo, hand_over
from mezzotint.cli.unused_comments import without_unused
from mezzotint.compiler.lint.config import Settings
from mezzotint.compiler.lint.fixes import fix_prompt, fix_text
from mezzotint.compiler.lint.suppressions import suppressions
from mezzotint.grammar.document import read_document
from mezzotint.grammar.errors import MezzotintError


def fix_files(
    files: Sequence[str],
    asked: Asked,
    *,
    unsafe: bool = False,
    diff: bool = False,
    tells_changes: bool = False,
) -> int:
    """Apply fixes to text files, and print the findings that are left.

    Args:
        files: text files; others are checked only. ``-`` is standard input: its text, put right, is printed.
        asked: how to check.
        unsafe: whether fixes that may change the meaning are applied, too.
        diff: print what would change, and change nothing.
        tells_changes: exit with 1 where something was fixed, too.

    Returns:
        The exit status: 0 nothing is left, 1 something is (with ``diff``: something would change), 2 a file
        could not be read or written.
    """
    Settings(**asked.options).selection().require_known()
    texts = [name for name in dict.fromkeys(files) if is_text(name)]
    if diff:
        return _each(texts, lambda name: _show(name, asked, unsafe))[0]
    if STDIN in files:
        if len(files) > 1:
            raise InputError("standard input (-) is fixed alone; name it without files")
        return _fix_stdin(asked, unsafe, tells_changes=tells_changes)
    code, changed = _each(texts, lambda name: _fix(name, asked, unsafe))
    echo(f"fixed {changed} file{'s' * (changed != 1)}" if changed else "nothing fixed", err=True)
    asked = asked._replace(tried=(True, False) if unsafe else (True,))
    return max(check_asked(files, asked), code if code == 2 or tells_changes else 0)


def _each(names: Sequence[str], act: Callable[[str], bool]) -> tuple[int, int]:
    """Do something to each file; the status, and how many changed. One bad file does not stop the rest."""
    changed, failed = 0, False
    for name in names:
        try:
            changed += act(name)
        except (MezzotintError, OSError) as error:
            failed = True
            tell_unread(reason(error, name))
    return 2 if failed else int(changed > 0), changed


def _put_right(name: str, asked: Asked, unsafe: bool) -> tuple[Input, str, Job]:
    """A file as it is, its text as it should be, and how that is checked."""
    job = job_for(name, asked)
    settings, title = job.settings, job.title
    source = read_job(job)
    before = source.document.source
    selection = settings.selection(source.file or "")
    # What a comment switches off stays as it is, in the whole text: fixes move lines.
    off = tuple(code for one in suppressions(before) for code in one.selectors)
    context = settings.context(selection._replace(never=(*selection.never, *off)))
    is_prompt = title.lower().endswith(SHEETS)  # and never a document

    def change(text: str, negative: bool) -> str:
        if negative or is_prompt:
            return fix_prompt(text, negative=negative, context=context, unsafe=unsafe).source
        return fix_text(text, settings.reading, context=context, unsafe=unsafe).source

    done = rewritten(before, title, settings, change, unsafe=unsafe)
    tell_refused(title, done, "fixed")
    return source, without_unused(done.text, source, job), job


def _show(name: str, asked: Asked, unsafe: bool) -> bool:
    source, after, _ = _put_right(name, asked, unsafe)
    show_difference(name, source.document.source, after)
    return after != source.document.source


def _fix(name: str, asked: Asked, unsafe: bool) -> bool:
    source, after, _ = _put_right(name, asked, unsafe)
    before = source.document.source
    if after != before:
        save(name, before, after)
    return after != before


def _fix_stdin(asked: Asked, unsafe: bool, *, tells_changes: bool) -> int:
    source, after, job = _put_right(STDIN, asked, unsafe)
    hand_over(after)
    document = read_document(after, dialect_of(job.title, job.settings))
    checked = check_source(Input(source.name, document, source.file), job)
    for diagnostic in checked.diagnostics:
        show(diagnostic, after, checked.name, err=True)
    is_told = tells_changes and after != source.document.source
    return max(status([checked], asked.fail_level), int(is_told))
