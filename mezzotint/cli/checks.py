"""What ``mezzotint check`` does with options, or with a configuration."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from functools import lru_cache
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

from mezzotint.cli.checking import show, tell_sum, tell_unread
from mezzotint.cli.file_check import Job, check_job
from mezzotint.cli.inputs import STDIN, InputError
from mezzotint.cli.remedies import tell_remedies
from mezzotint.cli.report.checked import Checked, counts
from mezzotint.cli.report.formats import TEXT, WITH_FIXES, write
from mezzotint.cli.terminal import echo
from mezzotint.compiler.lint.config import Settings, read_config
from mezzotint.compiler.lint.config_file import find_config
from mezzotint.compiler.lint.lint import not_checked
from mezzotint.grammar.diagnostics import Severity

_NO_OPTIONS: Mapping[str, Any] = {}


class Asked(NamedTuple):
    """What the command line asks for.

    Attributes:
        options: fields of :class:`Settings` that were given; they go before those of a file.
        config: the file to read instead of the nearest; empty: none at all.
        output_format: one of :data:`mezzotint.cli.report.formats.FORMATS`.
        statistics: whether to count codes instead of showing findings; in a format that can tell counts.
        fail_level: the mildest findings that make the exit status 1; ``None``: none do.
        jobs: processes.
        stdin_name: the name that standard input would have as a file; empty: none.
        output_file: where findings are written instead of standard output; empty: there.
        tried: the kinds of fixes that were applied before: ``True`` safe ones, ``False`` others.
    """

    options: Mapping[str, Any] = _NO_OPTIONS
    config: str | None = None
    output_format: str = TEXT
    statistics: bool = False
    fail_level: Severity | None = Severity.WARNING
    jobs: int = 1
    stdin_name: str = ""
    output_file: str = ""
    tried: tuple[bool, ...] = ()


NOTHING_ASKED = Asked()


def settings_for(name: str, asked: Asked) -> Settings:
    """The settings of the nearest configuration, and what was asked for.

    Raises:
        MezzotintError: the configuration cannot be followed, or nothing is selected by a selector.
    """
    path = asked.stdin_name if name == STDIN else name
    file = find_config(str(Path(path).parent)) if asked.config is None else asked.config
    settings = read_config(file) if file else Settings()
    return _with_options(settings, tuple(asked.options.items())) if asked.options else settings


def job_for(name: str, asked: Asked, *, with_fixes: bool = False) -> Job:
    """What is asked for of one file.

    Raises:
        MezzotintError: as :func:`settings_for`.
    """
    return Job(name, settings_for(name, asked), with_fixes, asked.stdin_name)


@lru_cache(maxsize=64)  # the files of a folder have the same
def _with_options(settings: Settings, options: tuple[tuple[str, Any], ...]) -> Settings:
    return settings.with_options(dict(options))


def check_asked(files: Sequence[str], asked: Asked) -> int:
    """Print the findings in files, or write them to the file asked for.

    Returns:
        The exit status: 0 nothing found, 1 findings, 2 something could not be read.

    Raises:
        MezzotintError: a configuration cannot be followed, or the file cannot be written.
    """
    Settings(**asked.options).selection().require_known()
    if not asked.output_file:
        return _check(files, asked)
    from mezzotint.runtime.metadata.atomic import write_file

    _check_is_report(asked.output_file, files)
    with redirect_stdout(StringIO()) as told:
        code = _check(files, asked)
    write_file(asked.output_file, told.getvalue().encode("utf-8", "backslashreplace"))
    return code


def _check_is_report(output: str, files: Sequence[str]) -> None:
    """See that findings do not take the place of what they were found in.

    Raises:
        InputError: they would.
    """
    place = Path(output).resolve()
    if any(Path(name).resolve() == place for name in files):
        raise InputError(f"{output} is one of the files that are checked; choose another --output-file")


def _check(files: Sequence[str], asked: Asked) -> int:
    is_shown = asked.output_format == TEXT and not asked.statistics
    results = []
    for checked in check_all(tuple(dict.fromkeys(files)), asked):
        results.append(checked)
        if checked.error:
            tell_unread(checked.error)
        for diagnostic in checked.diagnostics if is_shown else ():
            show(diagnostic, checked.text, checked.name)
    _conclude(results, files, asked)
    return status(results, asked.fail_level)


def status(results: Sequence[Checked], fail_level: Severity | None) -> int:
    """The exit status: 2 if a file could not be read, 1 if something bad enough was found."""
    if any(one.error for one in results):
        return 2
    found = (found for one in results for found in one.diagnostics)
    return int(fail_level is not None and any(counts(one, fail_level) for one in found))


def _conclude(results: Sequence[Checked], files: Sequence[str], asked: Asked) -> None:
    if asked.statistics:
        from mezzotint.cli.report import statistics

        write_statistics = statistics.FORMATS[asked.output_format]
        if text := write_statistics(results, _unchecked(files, asked)):
            echo(text)
    elif asked.output_format != TEXT:
        if text := write(asked.output_format, results):
            echo(text)
        return
    found = sum(d.severity is not Severity.INFO for one in results for d in one.diagnostics)
    tell_sum(found, sum(not one.error for one in results))
    if asked.output_format == TEXT:
        tell_remedies((d for one in results if one.is_text for d in one.diagnostics), asked.tried)


def _unchecked(files: Sequence[str], asked: Asked) -> list[str]:
    """The rules that lack what they need to know, whatever file they would look at."""
    settings = {settings_for(name, asked) for name in files}
    codes = [set(not_checked(one.context(one.selection()))) for one in settings]
    return sorted(set.intersection(*codes)) if codes else []


def check_all(files: Sequence[str], asked: Asked) -> Iterator[Checked]:
    """The files, checked, in their order."""
    with_fixes = asked.output_format in WITH_FIXES
    jobs = [job_for(name, asked, with_fixes=with_fixes) for name in files]
    if asked.jobs == 1:
        yield from map(check_job, jobs)
        return
    from mezzotint.cli.shares import check_shared

    yield from check_shared(jobs, asked.jobs)
