"""``mezzotint conformance``."""

import json
import math
import os
from contextlib import suppress
from pathlib import Path
from shutil import get_terminal_size
from typing import Any

import click

from mezzotint.cli.side_by_side import side_by_side
from mezzotint.conformance.suite import SHIPPED, Mismatch, Outcome, find_suites, run_suite
from mezzotint.grammar.diagnostics import printable

_MAX_ROW = 2000  # characters
_WIDTH = 120  # columns where there is no terminal


def _line(outcome: Outcome) -> str:
    """A suite in one line."""
    name = printable(outcome.suite)
    if not outcome.is_built:
        return f"{name} not run: no check for its {outcome.total} vectors yet"
    if outcome.missing is not None:
        library = printable(outcome.missing)
        return f'{name} not run: it needs {library}, which is not installed: pip install "mezzotint[render]"'
    figure = f"{outcome.passed}/{outcome.total}"
    parts = [f"{name} {click.style(figure, fg='red' if outcome.failed else 'green', bold=True)}"]
    if outcome.max_error is not None:
        parts.append(f"max error {outcome.max_error:.1e}")
    if outcome.not_built:
        parts.append(f"({outcome.not_built} more have no check yet)")
    return "  ".join(parts)


def _show(mismatch: Mismatch) -> None:
    row = json.dumps(mismatch.row, ensure_ascii=False)
    click.echo(f"  case {printable(row[:_MAX_ROW])}")
    width = get_terminal_size((_WIDTH, 24)).columns - 2
    for line in side_by_side(mismatch.result.expected, mismatch.result.got, width):
        click.echo(f"  {line}")


def _check_device(device: str) -> None:
    """Refuse an unusable device before anything runs; without torch no suite would use it."""
    with suppress(ModuleNotFoundError):
        from mezzotint.conformance.tensors import check_device

        check_device(device)


def _record(outcome: Outcome) -> dict[str, Any]:
    """A suite in JSON, which has no infinity: tensors that cannot be compared have no error."""
    error = outcome.max_error
    record: dict[str, Any] = {
        "suite": outcome.suite,
        "passed": outcome.passed,
        "total": outcome.total,
        "max_error": error if error is not None and math.isfinite(error) else None,
    }
    if not outcome.is_built:
        record["built"] = False
    elif outcome.not_built:
        record["not_built"] = outcome.not_built
    if outcome.missing is not None:
        record["missing"] = outcome.missing
    return record


@click.command("conformance")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH...]")
@click.option(
    "--show",
    type=click.IntRange(0),
    default=0,
    metavar="N",
    help="Print the first N mismatches of each suite, side by side.",
)
@click.option("--device", default="cpu", show_default=True, metavar="DEVICE", help="torch device.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def conformance_command(
    ctx: click.Context, paths: tuple[Path, ...], show: int, device: str, as_json: bool
) -> None:
    """Compare this install with the reference's own results.

    PATH is a file of vectors or a folder of them; a suite is known by its file's name, or its folder's for
    files called cases.jsonl or expect.jsonl. Without PATH the compact copy of the suites that comes with the
    package is run. Exit status: 0 all cases agree, 1 some differ, 2 the vectors cannot be read.
    """
    # The suites' models are so small that a second thread only waits for the first.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    if device != "cpu":
        _check_device(device)
    outcomes = []
    for path in find_suites(paths or (SHIPPED,)):
        outcome = run_suite(path, keep=show, device=device)
        outcomes.append(outcome)
        if not as_json:
            click.echo(_line(outcome))
            for mismatch in outcome.mismatches:
                _show(mismatch)
    if as_json:
        click.echo(json.dumps({"suites": [_record(outcome) for outcome in outcomes]}, indent=1))
    ctx.exit(1 if any(outcome.failed for outcome in outcomes) else 0)
