"""``mezzotint check`` with options; without any, :func:`mezzotint.cli.main` does without this module."""

import click

from mezzotint.cli.checking import check_files
from mezzotint.cli.options import dialect_option


@click.command("check")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as one JSON array.")
@dialect_option
@click.pass_context
def check_command(ctx: click.Context, files: tuple[str, ...], as_json: bool, dialect: str) -> None:
    """Find what prompts say and do not mean.

    FILE is a text file with one prompt or one infotext, a picture with its prompt in the metadata, a
    folder of either, or - for standard input. Exit status: 0 nothing found, 1 findings, 2 something
    could not be read.
    """
    ctx.exit(check_files(files, dialect, as_json=as_json))
