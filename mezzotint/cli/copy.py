"""``mezzotint copy``."""

from pathlib import Path

import click

from mezzotint.cli.pictures import destination, dry_run_option, force_option, note, output_option, save, tell
from mezzotint.runtime.metadata.carry import copied


@click.command("copy")
@click.argument("source", type=click.Path(path_type=Path), metavar="FROM")
@click.argument("target", type=click.Path(path_type=Path), metavar="TO")
@output_option
@force_option
@dry_run_option
def copy_command(source: Path, target: Path, output: str | None, force: bool, dry_run: bool) -> None:
    """Give the picture TO the metadata of the picture FROM, in place of its own.

    FROM is any picture or text that says how it was made; TO is PNG, JPEG or WebP, and its pixels stay as
    they are. What its container cannot hold is told.
    """
    place = destination(target, output, is_only=True, force=force)
    data, notes = copied(source, target)
    save(place, data, dry_run=dry_run)
    for text in notes:
        note(text)
    tell(f"{place}: {'would have' if dry_run else 'has'} the metadata of {source}")
