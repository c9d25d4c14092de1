"""``mezzotint strip``."""

from pathlib import Path

import click

from mezzotint.cli.pictures import (
    CHANGEABLE,
    check_output,
    destination,
    dry_run_option,
    force_option,
    note,
    note_unchangeable,
    output_option,
    require_pictures,
    save,
    tell,
)
from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.metadata.describe import describe
from mezzotint.runtime.metadata.edit import BROKEN, load
from mezzotint.runtime.metadata.record import C2PA, MetadataError
from mezzotint.runtime.metadata.strip import Strip, strip


@click.command("strip")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option(
    "--all", "everything", is_flag=True, help="Remove EXIF, XMP and content credentials whatever they say."
)
@click.option("--keep-icc/--drop-icc", default=True, help="Keep the colour profile (the default) or not.")
@output_option
@force_option
@dry_run_option
@click.pass_context
def strip_command(
    ctx: click.Context,
    files: tuple[Path, ...],
    everything: bool,
    keep_icc: bool,
    output: str | None,
    force: bool,
    dry_run: bool,
) -> None:
    """Remove what tells how pictures were made: prompts, settings, workflows.

    FILE is a PNG, JPEG or WebP picture, or a folder of them. Pixels stay as they are, byte for byte, and so
    does everything else: colour profile, copyright, a camera's EXIF data. Each file's removed texts are
    listed. Exit status: 0 done, 2 a file could not be changed.
    """
    found = require_pictures(files, CHANGEABLE)
    check_output(found, output)
    failed = False
    for file in found:
        try:
            place = destination(file, output, is_only=len(found) == 1, force=force)
            _strip(file, place, Strip(everything=everything, keep_icc=keep_icc), dry_run=dry_run)
        except MezzotintError as error:
            failed = True
            tell(f"error: {error}", err=True)
    note_unchangeable(files, found)
    ctx.exit(2 if failed else 0)


def _strip(file: Path, place: Path, how: Strip, *, dry_run: bool) -> None:
    described = describe(file)
    how.made = described.generation
    data = load(file)
    try:
        left = strip(data, how)
    except MetadataError as error:
        raise MetadataError(f"{file}: {error}") from error
    if left != data or place != file:
        save(place, left, dry_run=dry_run)
    verb = "would remove" if dry_run else "removed"
    what = f"{verb} {', '.join(dict.fromkeys(how.removed))}" if how.removed else "nothing to remove"
    kept = f"; kept {', '.join(dict.fromkeys(how.kept))}" if how.kept else ""
    tell(f"{file}: {what}{kept}")
    if left != data and described.metadata.find(C2PA) is not None and not how.everything:
        note(BROKEN.message)
    _warn(file, place, dry_run=dry_run)


def _warn(file: Path, place: Path, *, dry_run: bool) -> None:
    """Say what still tells of the making: a text beside the picture, or in its pixels."""
    for beside in (file.with_suffix(".txt"), file.with_suffix(".json")):
        if beside.is_file():
            note(f"{beside} beside the picture is left as it is")
    if not dry_run:
        still = describe(place).generation
        if still is not None:
            note(f"{place} still tells of {still.tool}; look with: mezzotint info --raw {place}")
