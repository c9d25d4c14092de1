"""``mezzotint format``."""

from typing import Any

import click

from mezzotint.cli.check_options import asked, reading_options
from mezzotint.cli.checking import reason, tell_unread
from mezzotint.cli.checks import Asked, job_for
from mezzotint.cli.file_check import read_job
from mezzotint.cli.folders import find_files
from mezzotint.cli.inputs import SHEETS, STDIN, is_text
from mezzotint.cli.rewriting import rewritten, save, show_difference, tell_refused
from mezzotint.cli.terminal import echo, hand_over
from mezzotint.compiler.format import format_prompt
from mezzotint.compiler.format_text import format_text
from mezzotint.grammar.diagnostics import printable
from mezzotint.grammar.errors import MezzotintError


@click.command("format")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--check", "is_check", is_flag=True, help="Name the files that would change; change nothing.")
@click.option("--diff", "is_diff", is_flag=True, help="Show what would change; change nothing.")
@reading_options
@click.pass_context
def format_command(
    ctx: click.Context, /, files: tuple[str, ...], is_check: bool, is_diff: bool, **given: Any
) -> None:
    """Write prompts in one style: spaces, commas and weights.

    FILE is a text file, a list of prompts, a JSON, YAML or TOML file, a style sheet, a folder of these, or -
    for standard input, whose text is printed formatted; pictures are left alone. Words, brackets and their
    order stay, and the prompt compiles to the same tokens at the same weights. Exit status: 0 done (with
    --check or --diff: nothing would change), 1 with those: something would change, 2 a file could not be
    read or written.
    """
    how = asked(given)
    changed, failed = 0, False
    for name in dict.fromkeys(find_files(files, how)):
        if not is_text(name):
            continue
        try:
            changed += _format(name, how, is_check=is_check, is_diff=is_diff)
        except (MezzotintError, OSError) as error:
            failed = True
            tell_unread(reason(error, name))
    if tuple(files) != (STDIN,):
        verb = "would be formatted" if is_check or is_diff else "formatted"
        echo(f"{changed} file{'s' * (changed != 1)} {verb}", err=True)
    ctx.exit(2 if failed else int((is_check or is_diff) and changed > 0))


def _format(name: str, how: Asked, *, is_check: bool, is_diff: bool) -> bool:
    job = job_for(name, how)
    title, settings = job.title, job.settings
    before = read_job(job).document.source

    def change(text: str, negative: bool) -> str:
        is_prompt = negative or title.lower().endswith(SHEETS)  # and never a document
        return format_prompt(text, negative=negative) if is_prompt else format_text(text, settings.reading)

    done = rewritten(before, title, settings, change)
    after = done.text
    tell_refused(title, done, "formatted")
    if is_diff:
        show_difference(name, before, after)
    elif is_check:
        if after != before:
            echo(f"would format {printable(name)}")
    elif name == STDIN:
        hand_over(after)
    elif after != before:
        save(name, before, after)
    return after != before
