"""``mezzotint optimize``."""

import json
from typing import Any

import click

from mezzotint.cli.check_options import asked, reading_options
from mezzotint.cli.checking import reason, tell_unread
from mezzotint.cli.checks import job_for
from mezzotint.cli.folders import find_files
from mezzotint.cli.inputs import STDIN, is_text
from mezzotint.cli.optimize_file import OptimizedFile, optimize_file
from mezzotint.cli.optimize_report import tell, to_json
from mezzotint.cli.options import json_option
from mezzotint.cli.rewriting import After, save, show_difference, tell_refused
from mezzotint.cli.terminal import echo, hand_over
from mezzotint.compiler.lint.config import MAX_STEPS
from mezzotint.compiler.lint.context import FAMILIES
from mezzotint.grammar.diagnostics import printable
from mezzotint.grammar.errors import MezzotintError

_STEPS = click.IntRange(1, MAX_STEPS)


@click.command("optimize")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--check", "is_check", is_flag=True, help="Name the files that would change; change nothing.")
@click.option("--diff", "is_diff", is_flag=True, help="Show what would change; change nothing.")
@click.option("--steps", type=_STEPS, help="Steps of the pictures, with any sampler.  [default: any number]")
@click.option("--hires-steps", type=_STEPS, help="Steps of their second pass, if they have one.")
@click.option("--target", type=click.Choice(FAMILIES), help="The model family the prompts are for.")
@json_option
@reading_options
@click.pass_context
def optimize_command(
    ctx: click.Context,
    /,
    files: tuple[str, ...],
    is_check: bool,
    is_diff: bool,
    hires_steps: int | None,
    as_json: bool,
    **given: Any,
) -> None:
    """Shorten prompts without changing the pictures, and show what that saves.

    FILE is what format takes; - is standard input, whose text is printed optimized. Sides of a schedule that
    are never in force go, and so do brackets and weights that do nothing. Every change is proven: at each
    step the text encoders are given the same tokens at the same weights in the same chunks, and the same
    networks are loaded. What depends on the number of steps changes only where --steps or an infotext tells
    it. Exit status: 0 done (with --check or --diff: nothing would change), 1 with those: something would
    change, 2 a file could not be read or written.
    """
    how = asked(given)
    done: list[OptimizedFile] = []
    failed = False
    for name in dict.fromkeys(find_files(files, how)):
        if not is_text(name):
            continue
        try:
            file = optimize_file(job_for(name, how), hires_steps)
            tell_refused(name, After(file.after, file.refused), "optimized")
            _hand_over(file, is_check=is_check, is_diff=is_diff, as_json=as_json)
            done.append(file)
        except (MezzotintError, OSError) as error:
            failed = True
            tell_unread(reason(error, name))
    if as_json:
        echo(json.dumps(to_json(done), indent=1))
    else:
        tell(done, is_trial=is_check or is_diff)
    changed = any(file.after != file.before for file in done)
    ctx.exit(2 if failed else int((is_check or is_diff) and changed))


def _hand_over(file: OptimizedFile, *, is_check: bool, is_diff: bool, as_json: bool) -> None:
    """Show, print or write what became of a file."""
    if is_diff:
        if not as_json:
            show_difference(file.name, file.before, file.after)
    elif is_check:
        if file.after != file.before and not as_json:
            echo(f"would optimize {printable(file.name)}")
    elif file.name == STDIN:
        if not as_json:
            hand_over(file.after)
    elif file.after != file.before:
        save(file.name, file.before, file.after)
