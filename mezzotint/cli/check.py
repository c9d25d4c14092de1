"""``mezzotint check`` with options; without any, :func:`mezzotint.cli.main` does without this module."""

import os
from typing import Any

import click

from mezzotint.cli.check_options import asked, choice_options, reading_options
from mezzotint.cli.checks import Asked, check_asked
from mezzotint.cli.contradictions import refuse_contradictions
from mezzotint.cli.folders import find_files
from mezzotint.cli.options import processors
from mezzotint.cli.report.formats import FORMATS, TEXT
from mezzotint.cli.report.statistics import FORMATS as STATISTICS
from mezzotint.cli.terminal import echo
from mezzotint.grammar.diagnostics import Severity, printable


@click.command("check")
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option("--output-format", type=click.Choice(FORMATS), default=TEXT, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The same as --output-format json.")
@click.option(
    "--output-file",
    type=click.Path(dir_okay=False),
    default="",
    help="Write what is found there, whole or not at all.",
)
@choice_options
@reading_options
@click.option("--statistics", is_flag=True, help="Count findings by code instead of showing them.")
@click.option("--fix", is_flag=True, help="Apply safe fixes, then show what is left.")
@click.option(
    "--unsafe-fixes", is_flag=True, help="With --fix: apply fixes that may change the meaning, too."
)
@click.option("--exit-non-zero-on-fix", is_flag=True, help="With --fix: exit with 1 if something was fixed.")
@click.option("--diff", is_flag=True, help="Show what --fix would change, and change nothing.")
@click.option(
    "--add-ignores",
    is_flag=True,
    help="Write a comment behind each line of text files in which something is found.",
)
@click.option(
    "--fail-level",
    type=click.Choice([one.value for one in Severity]),
    default=Severity.WARNING.value,
    show_default=True,
    help="The mildest findings that make the exit status 1.",
)
@click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever is found.")
@click.option("--show-files", is_flag=True, help="Name the files that would be checked, and check none.")
@click.option("--jobs", type=click.IntRange(0), default=1, help="Processes; 0 is one for each processor.")
@click.option("--watch", is_flag=True, help="Check again whenever a file changes, until interrupted.")
@click.pass_context
def check_command(
    ctx: click.Context,
    /,
    files: tuple[str, ...],
    output_format: str,
    as_json: bool,
    output_file: str,
    statistics: bool,
    fix: bool,
    unsafe_fixes: bool,
    exit_non_zero_on_fix: bool,
    diff: bool,
    add_ignores: bool,
    fail_level: str,
    exit_zero: bool,
    show_files: bool,
    jobs: int,
    watch: bool,
    **given: Any,
) -> None:
    """Find what prompts say and do not mean.

    FILE is a text file with one prompt or one infotext, a list of prompts, a JSON, YAML or TOML file, a style
    sheet, a picture with its prompt in the metadata, a folder of these, or - for standard input; without one,
    the current folder. Exit status: 0 nothing found, 1 findings, 2 something could not be read. docs/check.md
    tells more.
    """
    refuse_contradictions(ctx.params)
    how = asked(given)._replace(
        output_format="json" if as_json else output_format,
        statistics=statistics,
        fail_level=None if exit_zero else Severity(fail_level),
        jobs=jobs or processors(),
        output_file=output_file,
    )
    if statistics and how.output_format not in STATISTICS:
        raise click.UsageError(f"--statistics prints {' or '.join(STATISTICS)}, not {how.output_format}")
    names = files or (os.curdir,)
    if watch:
        _watch(names, how)
    found = tuple(find_files(names, how))
    if show_files:
        ctx.exit(_show_files(found))
    if add_ignores:
        from mezzotint.cli import ignoring

        ctx.exit(ignoring.add_ignores(found, how, diff=diff))
    if fix or diff:
        from mezzotint.cli.fixing import fix_files

        ctx.exit(fix_files(found, how, unsafe=unsafe_fixes, diff=diff, tells_changes=exit_non_zero_on_fix))
    ctx.exit(check_asked(found, how))


def _show_files(names: tuple[str, ...]) -> int:
    for name in dict.fromkeys(names):
        echo(printable(name))
    return 0


def _watch(names: tuple[str, ...], how: Asked) -> None:
    from mezzotint.cli.watch import changes

    for _ in changes(names, how):
        click.clear()  # a terminal only
        check_asked(tuple(find_files(names, how)), how)
