"""What ``mezzotint check`` does with options, or with a configuration."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from mezzotint.cli.checking import show, tell_sum, tell_unread
from mezzotint.cli.file_check import Job, check_job, is_list
from mezzotint.cli.inputs import STDIN
from mezzotint.cli.report.checked import Checked, counts
from mezzotint.cli.report.formats import TEXT, WITH_FIXES, write
from mezzotint.cli.terminal import echo
from mezzotint.compiler.lint.config import Settings, read_config
from mezzotint.compiler.lint.config_file import find_config
from mezzotint.compiler.lint.lint import not_checked
from mezzotint.grammar.diagnostics import Severity

_LONG = 100_000
"""Bytes of a list that is shared out among processes; shorter ones are one job."""
_NO_OPTIONS: Mapping[str, Any] = {}


class Asked(NamedTuple):
    """What the command line asks for.

    Attributes:
        options: fields of :class:`Settings` that were given; they go before those of a file.
        config: the file to read instead of the nearest; empty: none at all.
        output_format: one of :data:`mezzotint.cli.report.formats.FORMATS`.
        statistics: whether to count codes instead of showing findings.
        fail_level: the mildest findings that make the exit status 1; ``None``: none do.
        jobs: processes.
    """

    options: Mapping[str, Any] = _NO_OPTIONS
    config: str | None = None
    output_format: str = TEXT
    statistics: bool = False
    fail_level: Severity | None = Severity.WARNING
    jobs: int = 1


def settings_for(name: str, asked: Asked) -> Settings:
    """The settings of the nearest configuration, and what was asked for.

    Raises:
        MezzotintError: the configuration cannot be followed, or nothing is selected by a selector.
    """
    folder = Path() if name == STDIN else Path(name).parent
    file = find_config(str(folder)) if asked.config is None else asked.config
    settings = read_config(file) if file else Settings()
    added = {key: (*getattr(settings, key), *asked.options[key]) for key in _ADDED if key in asked.options}
    return settings._replace(**{**asked.options, **added})


_ADDED = ("extend_select", "ignore")


def check_asked(files: Sequence[str], asked: Asked) -> int:
    """Print the findings in files.

    Returns:
        The exit status: 0 nothing found, 1 findings, 2 something could not be read.
    """
    Settings(**asked.options).selection().require_known()
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
        from mezzotint.cli.report.statistics import lines

        for line in lines(results, _unchecked(files, asked)):
            echo(line)
    elif asked.output_format != TEXT:
        if text := write(asked.output_format, results):
            echo(text)
        return
    found = sum(d.severity is not Severity.INFO for one in results for d in one.diagnostics)
    tell_sum(found, sum(not one.error for one in results))


def _unchecked(files: Sequence[str], asked: Asked) -> list[str]:
    """The rules that lack what they need to know, whatever file they would look at."""
    settings = {settings_for(name, asked) for name in files}
    codes = [set(not_checked(one.context(one.selection()))) for one in settings]
    return sorted(set.intersection(*codes)) if codes else []


def check_all(files: Sequence[str], asked: Asked) -> Iterator[Checked]:
    """The files, checked, in their order."""
    jobs = [job for name in files for job in _jobs(name, asked)]
    if asked.jobs == 1 or len(jobs) == 1:
        yield from map(check_job, jobs)
        return
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(min(asked.jobs, len(jobs))) as pool:
        # Several at a time, as handing a file over takes about as long as checking a short one.
        results = pool.map(check_job, jobs, chunksize=max(1, len(jobs) // (asked.jobs * 8)))
        for _, same in groupby(zip(jobs, results, strict=True), key=lambda pair: pair[0].name):
            yield _joined([checked for _, checked in same])


def _jobs(name: str, asked: Asked) -> list[Job]:
    job = Job(name, settings_for(name, asked), asked.output_format in WITH_FIXES)
    if asked.jobs == 1 or name == STDIN or not is_list(name, job.settings):
        return [job]
    path = Path(name)
    parts = asked.jobs * 4 if path.is_file() and path.stat().st_size > _LONG else 1
    return [job._replace(part=part, parts=parts) for part in range(parts)]


def _joined(parts: Sequence[Checked]) -> Checked:
    return parts[0]._replace(diagnostics=tuple(found for one in parts for found in one.diagnostics))
