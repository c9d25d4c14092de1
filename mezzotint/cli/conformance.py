"""``mezzotint conformance``."""

import json
from pathlib import Path

import click

from mezzotint.conformance.suite import Outcome, find_suites, run_suite
from mezzotint.grammar.diagnostics import printable


def _show(outcome: Outcome, count: int) -> None:
    if not outcome.built:
        click.echo(f"{printable(outcome.suite)} not run: no check for its {outcome.total} vectors yet")
        return
    good = outcome.passed == outcome.total
    figure = click.style(f"{outcome.passed}/{outcome.total}", fg="green" if good else "red", bold=True)
    click.echo(f"{outcome.suite} {figure}")
    for mismatch in outcome.mismatches[:count]:
        click.echo(f"  row       {json.dumps(mismatch.row)[:2000]}")
        click.echo(f"  expected  {json.dumps(mismatch.expected)[:2000]}")
        click.echo(f"  got       {json.dumps(mismatch.got)[:2000]}")


@click.command("conformance")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
@click.option(
    "--show",
    type=click.IntRange(0),
    default=0,
    metavar="N",
    help="Print the first N mismatches of each suite.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def conformance_command(ctx: click.Context, paths: tuple[Path, ...], show: int, as_json: bool) -> None:
    """Compare this install with the reference's own results.

    PATH is a file of vectors or a folder of them; a suite is known by its file's name. Exit status: 0 all
    cases agree, 1 some differ, 2 the vectors cannot be read.
    """
    outcomes = [run_suite(path, max(show, 1)) for path in find_suites(paths)]
    if as_json:
        rows = [
            {"suite": o.suite, "passed": o.passed, "total": o.total, "built": o.built, "max_error": None}
            for o in outcomes
        ]
        click.echo(json.dumps({"suites": rows}, indent=1))
    else:
        for outcome in outcomes:
            _show(outcome, show)
    ctx.exit(1 if any(o.built and o.passed < o.total for o in outcomes) else 0)
