"""``mezzotint fix``."""

from typing import Any

import click

from mezzotint.cli.check_options import asked, choice_options, reading_options
from mezzotint.cli.fixing import fix_files
from mezzotint.cli.folders import find_files


@click.command("fix")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--unsafe-fixes", is_flag=True, help="Apply fixes that may change the meaning, too.")
@click.option("--exit-non-zero-on-fix", is_flag=True, help="Exit with 1 if something was fixed, too.")
@click.option("--diff", is_flag=True, help="Show what would change, and change nothing.")
@choice_options
@reading_options
@click.pass_context
def fix_command(
    ctx: click.Context,
    /,
    files: tuple[str, ...],
    unsafe_fixes: bool,
    exit_non_zero_on_fix: bool,
    diff: bool,
    **given: Any,
) -> None:
    """Put right what can be put right without changing the meaning.

    FILE is a text file, a list of prompts, a JSON, YAML or TOML file, a style sheet, a folder of these, or -
    for standard input, whose text is printed put right. Each fix is proven: the prompt compiles to the same
    tokens at the same weights, and all else in the file stays as it is, byte for byte. Pictures are checked
    only. Exit status: 0 nothing is left, 1 findings are left (with --diff: something would change), 2 a file
    could not be read or written.
    """
    how = asked(given)
    found = tuple(find_files(files, how))
    ctx.exit(fix_files(found, how, unsafe=unsafe_fixes, diff=diff, tells_changes=exit_non_zero_on_fix))
