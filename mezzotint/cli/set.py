"""``mezzotint set``."""

from pathlib import Path

import click

from mezzotint.cli.pictures import (
    CHANGEABLE,
    check_changeable,
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
from mezzotint.compiler.lint.document import lint_document
from mezzotint.grammar.diagnostics import Diagnostic, Severity
from mezzotint.grammar.document import Dialect, read_document
from mezzotint.grammar.errors import MezzotintError
from mezzotint.grammar.infotext.text import parse
from mezzotint.runtime.metadata.change import Changes, change
from mezzotint.runtime.metadata.describe import describe
from mezzotint.runtime.metadata.edit import BROKEN, edited, load
from mezzotint.runtime.metadata.read import read
from mezzotint.runtime.metadata.record import C2PA, MetadataError

_SETTINGS = "MZ5"  # rules about settings


@click.command("set")
@click.argument("arguments", nargs=-1, required=True, metavar="FILE... [KEY=VALUE...]")
@click.option("--parameters", metavar="TEXT|@FILE", help="The whole infotext, or the file that holds it.")
@output_option
@force_option
@dry_run_option
@click.pass_context
def set_command(
    ctx: click.Context,
    arguments: tuple[str, ...],
    parameters: str | None,
    output: str | None,
    force: bool,
    dry_run: bool,
) -> None:
    """Change what pictures say about how they were made.

    FILE is a PNG, JPEG or WebP picture, or a folder of them. KEY is the name of a setting in A1111's words,
    or Prompt, or "Negative prompt"; KEY= removes a setting. What is not named stays as it is, character for
    character, and pixels stay as they are. Exit status: 0 done, 2 a file could not be changed.

    \b
    mezzotint set picture.png Steps=30 "Clip skip=2" Version=
    mezzotint set folder/ --parameters @infotext.txt
    """
    files, changes = _split(arguments)
    if not changes and parameters is None:
        raise click.UsageError("nothing to change: give KEY=VALUE, or --parameters")
    text = None if parameters is None else _text(parameters)
    found = require_pictures(files, CHANGEABLE)
    check_output(found, output)
    failed = False
    for file in found:
        try:
            place = destination(file, output, is_only=len(found) == 1, force=force)
            _set(file, place, text, changes, dry_run=dry_run)
        except MezzotintError as error:
            failed = True
            tell(f"error: {error}", err=True)
    note_unchangeable(files, found)
    ctx.exit(2 if failed else 0)


def _split(arguments: tuple[str, ...]) -> tuple[list[Path], dict[str, str | None]]:
    """Files and changes; a file whose name has an equals sign is a file."""
    files: list[Path] = []
    changes: dict[str, str | None] = {}
    for argument in arguments:
        key, equals, value = argument.partition("=")
        if not equals or Path(argument).exists():
            files.append(Path(argument))
        elif not key.strip():
            raise click.UsageError(f"no key stands before the equals sign of {argument!r}")
        elif key.strip().casefold() in {one.strip().casefold() for one in changes}:
            raise click.UsageError(f"{key} is given more than once")
        else:
            changes[key] = value or None
    if not files:
        raise click.UsageError("no file to change")
    return files, changes


def _text(parameters: str) -> str:
    """The text itself, or that of the file behind an @."""
    if not parameters.startswith("@"):
        return parameters
    if parameters == "@":
        raise click.UsageError("no file is named behind the @ of --parameters")
    return (read(parameters[1:]).parameters or "").removesuffix("\n")


def _set(file: Path, place: Path, text: str | None, changes: Changes, *, dry_run: bool) -> None:
    described = describe(file)
    before, made = described.metadata.parameters, described.generation
    check_changeable(file, described.metadata.container)
    if text is None and made is not None and made.infotext is not None:
        if before is None:
            note(f"{file}: had no infotext; it gets that of {made.tool} in A1111's words")
            before = made.infotext
        elif "Steps" in parse(made.infotext) and "Steps" not in parse(before):
            note(f"{file}: had a damaged infotext, which is written anew")
            before = made.infotext
    try:
        after = change((before or "") if text is None else text, changes)
        data = edited(load(file), after)
    except MetadataError as error:
        raise MetadataError(f"{file}: {error}") from error
    save(place, data, dry_run=dry_run)
    if described.metadata.find(C2PA) is not None:
        note(BROKEN.message)
    is_same = after == described.metadata.parameters
    if described.metadata.record is not None and not is_same:
        note(f"{file}: the record of Mezzotint tells that the infotext was changed")
    tell(f"{place}: {'would be ' if dry_run else ''}{'unchanged' if is_same else 'changed'}")
    _tell_doubts(place, before or "", after)
    if dry_run:
        for line in after.split("\n"):
            tell(line)


def _tell_doubts(place: Path, before: str, after: str) -> None:
    """Say what mezzotint check would say of the new settings, and did not of the old."""
    known = {one.message for one in _doubts(before)}
    for one in _doubts(after):
        if one.message not in known:
            note(f"{place}: {one.message} ({one.code})")


def _doubts(infotext: str) -> list[Diagnostic]:
    found = lint_document(read_document(infotext, Dialect.INFOTEXT))
    return [one for one in found if one.code.startswith(_SETTINGS) and one.severity is not Severity.INFO]
