"""Checks shared out among processes."""

import signal
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from time import perf_counter

from mezzotint.cli.file_check import Job, check_job, heeding_comments, is_by_line, read_job
from mezzotint.cli.inputs import STDIN, InputError
from mezzotint.cli.report.checked import Checked
from mezzotint.grammar.diagnostics import Diagnostic, Fix
from mezzotint.grammar.errors import MezzotintError

PATIENCE = 0.1
"""Seconds of work before other processes are started: about as long as it takes to start them."""
LINES = 50_000
"""Characters of a long file that are one share of the work."""
CALL = 200_000
"""Bytes of files that a process is handed at a time."""


def check_shared(jobs: Sequence[Job], processes: int) -> Iterator[Checked]:
    """The files, checked, in their order.

    Raises:
        InputError: a process was ended from outside.
    """
    shares = [share for job in jobs for share in _shares(job)]
    results = zip(shares, _results(shares, processes), strict=True)
    for _, same in groupby(results, key=lambda pair: pair[0].name):
        yield _joined(list(same))


def _shares(job: Job) -> Iterator[Job]:
    """The job itself, or parts of a long file that is read line by line."""
    if job.name == STDIN or not is_by_line(job.name, job.settings) or _size(job) <= LINES:
        yield job
        return
    try:
        text = read_job(job).document.source
    except (MezzotintError, OSError):
        yield job  # which tells what is wrong
        return
    start = 0
    while start < len(text):
        end = text.find("\n", start + LINES) + 1 or len(text)
        yield job._replace(lines=text[start:end], start=start)
        start = end


def _size(job: Job) -> int:
    """Bytes, or characters, to be read; 0 for what cannot be."""
    try:
        return len(job.lines) if job.lines is not None else Path(job.name).stat().st_size
    except OSError:
        return 0


def _results(shares: Sequence[Job], processes: int) -> Iterator[Checked]:
    """What each share comes to. Little work is done here: before others could begin, it would be done."""
    start, at = perf_counter(), 0
    while at < len(shares) and perf_counter() - start < PATIENCE:
        yield _checked(shares[at])
        at += 1
    if at < len(shares):
        yield from _in_processes(shares[at:], processes)


def _in_processes(shares: Sequence[Job], processes: int) -> Iterator[Checked]:
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    calls = list(_calls(shares, processes))
    try:
        with ProcessPoolExecutor(min(processes, len(calls)), initializer=_leave_interrupts) as pool:
            for results in pool.map(_check_call, calls):
                yield from results
    except BrokenProcessPool as error:
        raise InputError("a process was ended before its files were checked; try --jobs 1") from error


def _calls(shares: Sequence[Job], processes: int) -> Iterator[list[Job]]:
    """The shares in portions: to hand one over takes about as long as checking a short file."""
    sizes = [_size(share) for share in shares]
    limit = min(CALL, sum(sizes) // (4 * processes))
    call, held = [], 0
    for share, size in zip(shares, sizes, strict=True):
        call.append(share)
        held += size
        if held >= limit:
            yield call
            call, held = [], 0
    if call:
        yield call


def _leave_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process tells of them


def _check_call(jobs: Sequence[Job]) -> list[Checked]:
    return [_checked(job) for job in jobs]


def _checked(job: Job) -> Checked:
    """The result without the text where nobody asks for it: it would have to be sent."""
    checked = check_job(job)
    if job.lines is None:
        return checked if checked.diagnostics else checked._replace(text="")
    return checked._replace(text="", diagnostics=tuple(_moved(one, job.start) for one in checked.diagnostics))


def _moved(found: Diagnostic, by: int) -> Diagnostic:
    """The finding in a text that begins earlier."""
    fixes = tuple(
        Fix(tuple((span.shift(by), text) for span, text in fix.edits), fix.is_safe, fix.title)
        for fix in found.fixes
    )
    return replace(found, span=found.span.shift(by), fixes=fixes)


def _joined(parts: Sequence[tuple[Job, Checked]]) -> Checked:
    """What the shares of one file come to."""
    (job, first), *_ = parts
    if job.lines is None:
        return first
    text = "".join(share.lines or "" for share, _ in parts)
    found = [one for _, part in parts for one in part.diagnostics]
    error = next((part.error for _, part in parts if part.error), "")
    return first._replace(text=text, diagnostics=tuple(heeding_comments(found, text, job)), error=error)
