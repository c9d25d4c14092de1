"""``mezzotint convert``."""

from pathlib import Path

import click

from mezzotint.cli.pictures import check_free, dry_run_option, force_option, note, save, tell
from mezzotint.runtime.metadata.reencode import Encoding, reencoded


@click.command("convert")
@click.argument("source", type=click.Path(path_type=Path), metavar="PICTURE")
@click.argument("target", type=click.Path(path_type=Path), metavar="OUTPUT")
@click.option(
    "--quality", type=click.IntRange(1, 100), default=95, show_default=True, help="Of JPEG and WebP."
)
@click.option("--lossless", is_flag=True, help="Write WebP without loss.")
@force_option
@dry_run_option
def convert_command(
    source: Path, target: Path, quality: int, lossless: bool, force: bool, dry_run: bool
) -> None:
    """Write PICTURE as OUTPUT, a PNG, JPEG or WebP file, and keep what it says of its making.

    The pixels are decoded and encoded again; the metadata are carried over in the form that the container
    has for them, and what it cannot hold is told.
    """
    check_free(target, force=force)
    data, notes = reencoded(source, target, Encoding(quality, lossless))
    save(target, data, dry_run=dry_run)
    for text in notes:
        note(text)
    tell(f"{target}: {'would be ' if dry_run else ''}written, {len(data)} bytes")
