"""Which pictures a command is to change, and where the result goes."""

import os
from collections.abc import Iterable, Iterator, Sequence
from glob import glob, has_magic
from pathlib import Path

import click

from mezzotint.cli.terminal import echo
from mezzotint.grammar.diagnostics import printable
from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.metadata.atomic import write_file
from mezzotint.runtime.metadata.read import read

PICTURES = frozenset(
    {".png", ".jpg", ".jpeg", ".webp", ".avif", ".heic", ".heif", ".jxl", ".gif"},
)
_CONTAINERS = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".webp": "webp"}
CHANGEABLE = frozenset(_CONTAINERS)

output_option = click.option(
    "-o", "--output", type=click.Path(), help="Write here, and leave the file as it is; NAME/ is a folder."
)
force_option = click.option("--force", is_flag=True, help="Replace the output if it exists.")
dry_run_option = click.option("-n", "--dry-run", is_flag=True, help="Say what would be done; write nothing.")


def find_pictures(arguments: Iterable[Path], endings: frozenset[str] = PICTURES) -> Iterator[Path]:
    """The files named or matched by a pattern, and the pictures in the folders named, in a stable order."""
    for argument in arguments:
        if argument.is_dir():
            yield from (p for p in sorted(argument.rglob("*")) if p.suffix.lower() in endings and p.is_file())
        elif has_magic(str(argument)) and not argument.exists():
            matches = sorted(glob(str(argument), recursive=True))  # noqa: PTH207 - Path.glob takes no absolute patterns
            if not matches:
                raise MezzotintError(f"{argument}: no file matches this pattern")
            yield from find_pictures((Path(match) for match in matches), endings)
        else:
            yield argument


def require_pictures(arguments: Sequence[Path], endings: frozenset[str] = PICTURES) -> list[Path]:
    """What :func:`find_pictures` finds.

    Raises:
        MezzotintError: nothing.
    """
    found = list(find_pictures(arguments, endings))
    if not found:
        kinds = ", ".join(sorted(ending.removeprefix(".") for ending in endings))
        raise MezzotintError(f"{', '.join(map(str, arguments))}: no picture is there ({kinds})")
    return found


def note_unchangeable(arguments: Sequence[Path], found: Iterable[Path]) -> None:
    """Name the pictures in folders that are passed over, as their kind cannot be changed."""
    for file in sorted({*find_pictures(arguments)} - {*found}):
        note(f"{file} is left as it is: only PNG, JPEG and WebP files can be changed")


def check_changeable(file: Path, container: str) -> None:
    """See that a file of this container can be changed: only then is it worth telling what else is wrong.

    Raises:
        MezzotintError: it cannot.
    """
    if container not in _CONTAINERS.values():
        raise MezzotintError(
            f"{file}: only PNG, JPEG and WebP files can be changed; convert the picture first"
        )


def check_output(files: Sequence[Path], output: str | None) -> None:
    """See that several files have a folder to go to, each under a name of its own.

    Raises:
        MezzotintError: the output is a file, or two of the files have one name.
    """
    if output is None or len(files) == 1:
        return
    if Path(output).exists() and not Path(output).is_dir():
        raise MezzotintError(f"{output} is no folder, and there are several files; give a folder")
    named: dict[str, Path] = {}
    for file in files:
        other = named.setdefault(file.name, file)
        if other != file:
            place = Path(output) / file.name
            raise MezzotintError(
                f"{other} and {file} would both become {place}; give each an output of its own"
            )


def destination(file: Path, output: str | None, *, is_only: bool, force: bool) -> Path:
    """Where the changed ``file`` goes: itself, the output, or a file of its name in the output's folder.

    Raises:
        MezzotintError: another file is there, or the output's name is that of another kind of picture.
    """
    if output is None:
        return file
    is_folder = Path(output).is_dir() or output.endswith(os.sep) or not is_only
    place = Path(output) / file.name if is_folder else Path(output)
    check_free(place, force=force)
    if not is_folder and _CONTAINERS.get(place.suffix.lower()) not in {
        None,
        container := read(file).container,
    }:
        raise MezzotintError(
            f"{place}: what is written is {container} as before; mezzotint convert changes that"
        )
    return place


def check_free(place: Path, *, force: bool) -> None:
    """See that nothing is overwritten.

    Raises:
        MezzotintError: a file is there already.
    """
    if not force and (place.exists() or place.is_symlink()):
        raise MezzotintError(f"{place} exists already; choose another name, or add --force to replace it")


def save(place: Path, data: bytes, *, dry_run: bool) -> None:
    """Write a file in one step, in a new folder if need be, unless nothing is to be written."""
    if not dry_run:
        place.parent.mkdir(parents=True, exist_ok=True)
        write_file(place, data)


def tell(text: str, *, err: bool = False) -> None:
    """Print a line with strangers' text in it."""
    echo(printable(text), err=err)


def note(text: str) -> None:
    """Print what to know beside the result."""
    tell(f"note: {text}", err=True)
