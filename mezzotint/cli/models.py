"""``mezzotint models``."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click

from mezzotint.cli.terminal import console, print_json
from mezzotint.grammar.diagnostics import printable
from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.index.a1111_cache import CachedHash, read_cache
from mezzotint.runtime.index.database import index_file
from mezzotint.runtime.index.entry import Entry, absolute, built_in_entry
from mezzotint.runtime.index.find import find
from mezzotint.runtime.index.index import Index
from mezzotint.runtime.index.update import OnHash, Update, refresh
from mezzotint.runtime.models.scan import Found, built_in, find_files

Row = dict[str, str | None]


class _Models(click.Group):
    """A group whose ``list`` need not be named: ``mezzotint models FOLDER`` lists that folder."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = {*self.commands, *ctx.help_option_names}
        return super().parse_args(ctx, args if args and args[0] in own else ["list", *args])


@click.group("models", cls=_Models)
def models_command() -> None:
    """List models, and what goes with them, and keep an index of them.

    Without a command, or with a path (write ./find for a folder that is called as a command is), the models
    are listed. What is in the index can be called by any of its names and hashes, and a picture's model, VAE,
    LoRA files and embeddings are found in it.
    """


no_hash_option = click.option(
    "--no-hash", is_flag=True, help="Leave the hashes out: the first time, each file is read whole."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
cache_option = click.option(
    "--a1111-cache",
    "cache",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="Take hashes over from the web UI's cache.json, where name and time of a file fit.",
)


@models_command.command("list")
@click.argument("places", nargs=-1, metavar="[PATH]...")
@no_hash_option
@json_option
def list_command(places: tuple[str, ...], no_hash: bool, as_json: bool) -> None:
    """List the built-in model, and what is in the index or, if there are any, in the files and folders named.

    Checkpoints, diffusers folders, LoRA files, VAEs and embeddings are told apart by what is in them. The
    hash is what an infotext calls them by; it is remembered, see the documentation of checkpoints.
    """
    rows = [_row(built_in(), no_hash)]
    for place in places:
        rows += [_row(found, no_hash) for found in find_files(place)]
    if not places:
        rows += [_indexed_row(entry, no_hash) for entry in _known()]
    _show(rows, as_json)


@models_command.command("add")
@click.argument("folders", nargs=-1, required=True, metavar="FOLDER...")
@no_hash_option
@cache_option
def add_command(folders: tuple[str, ...], no_hash: bool, cache: str | None) -> None:
    """Put folders into the index, and what is in them, at any depth.

    Every file is read whole once, for its hashes. That may be interrupted: it goes on with the next refresh.
    """
    places = [absolute(folder) for folder in folders]
    for place in places:
        if not place.is_dir():
            raise MezzotintError(f"no folder at {place}: name folders where models are")
    _refresh(no_hash, cache, places)


@models_command.command("refresh")
@no_hash_option
@cache_option
def refresh_command(no_hash: bool, cache: str | None) -> None:
    """Look again through the folders of the index; files that did not change are not read again."""
    _refresh(no_hash, cache)


@models_command.command("remove")
@click.argument("folders", nargs=-1, required=True, metavar="FOLDER...")
def remove_command(folders: tuple[str, ...]) -> None:
    """Take folders out of the index; no file is touched."""
    places = [absolute(folder) for folder in folders]
    with Index() as index:
        _tell_note(index)
        for place in places:
            if not index.remove_folder(place):
                known = ", ".join(map(str, index.folders)) or "none"
                raise MezzotintError(f"{place} is not in the index: its folders are {known}")
        left = index.folders
        paths = [entry.path for entry in index.entries]
        index.forget(path for path in paths if not any(path.is_relative_to(folder) for folder in left))


@models_command.command("find")
@click.argument("texts", nargs=-1, required=True, metavar="NAME|HASH...")
@json_option
@click.pass_context
def find_command(ctx: click.Context, texts: tuple[str, ...], as_json: bool) -> None:
    """Find files in the index by name, alias, or the first digits of a hash, 8 or more.

    Exit status: 0 everything was found, 1 something was not.
    """
    entries = (built_in_entry(), *_known())
    found = {text: find(entries, text) for text in texts}
    _show([_indexed_row(entry, False) for group in found.values() for entry in group], as_json)
    for text in (text for text, group in found.items() if not group):
        click.echo(f'nothing in the index is called "{printable(text)}" or has that hash', err=True)
    ctx.exit(0 if all(found.values()) else 1)


def _known() -> tuple[Entry, ...]:
    """What the index knows; what happened to a damaged one is told."""
    if not index_file().is_file():
        return ()
    with Index() as index:
        _tell_note(index)
        return index.entries


def _refresh(no_hash: bool, cache: str | None, places: Iterable[Path] = ()) -> None:
    cached: tuple[CachedHash, ...] = () if cache is None else read_cache(cache)
    with Index() as index:
        _tell_note(index)
        for place in places:
            index.add_folder(place)
        with _hash_bar() as on_hash:
            try:
                update = refresh(index, hashing=not no_hash, cached=cached, on_hash=on_hash)
            except KeyboardInterrupt:
                click.echo('interrupted; "mezzotint models refresh" goes on from here', err=True)
                raise
        _tell(update, index)


def _tell_note(index: Index) -> None:
    if index.note:
        click.echo(f"warning: {printable(index.note)}", err=True)


def _tell(update: Update, index: Index) -> None:
    facts = {name: count for name, count in asdict(update).items() if isinstance(count, int) and count}
    told = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in facts.items())
    entries = index.entries
    waiting = sum(entry.hashes is None and entry.can_be_hashed for entry in entries)
    rest = f", {waiting} not hashed yet" if waiting else ""
    size = f"{_count(len(entries), 'file')} in {_count(len(index.folders), 'folder')}"
    click.echo(f"{size}: {told or 'nothing new'}{rest}")
    for note in update.notes:
        click.echo(f"note: {printable(note)}", err=True)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


@contextmanager
def _hash_bar() -> Iterator[OnHash]:
    """A bar on standard error that moves with every file."""
    if not sys.stderr.isatty():
        yield lambda _entry, _done, _total: None
        return
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console(stderr=True)) as bar:
        task = bar.add_task("", total=None)

        def moved(entry: Entry, done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, description=printable(entry.name)[:40])

        yield moved


def _row(found: Found, no_hash: bool) -> Row:
    digest, problem = None, found.problem
    try:
        digest = None if no_hash else found.hash()
    except MezzotintError as error:
        problem = str(error)
    return _facts(found.name, found.kind, found.family, digest, found.native_size, found.path, problem)


def _indexed_row(entry: Entry, no_hash: bool) -> Row:
    digest = None if no_hash else entry.short_hash
    return _facts(entry.name, entry.kind, entry.family, digest, entry.native_size, entry.path, entry.problem)


def _facts(
    name: str,
    kind: str,
    family: str | None,
    digest: str | None,
    size: tuple[int, int] | None,
    path: Path,
    problem: str | None,
) -> Row:
    return {
        "name": name,
        "kind": kind,
        "family": family,
        "hash": digest,
        "size": None if size is None else f"{size[0]}x{size[1]}",
        "path": str(path),
        "problem": problem,
    }


def _show(rows: list[Row], as_json: bool) -> None:
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(_line(row))


def _line(row: Row) -> str:
    facts = [row["kind"], row["family"], row["hash"] and f"hash {row['hash']}", row["size"]]
    name = click.style(printable(row["name"] or ""), bold=True)
    problem = row["problem"]
    last = click.style(printable(problem), fg="red") if problem else printable(row["path"] or "")
    return "  ".join([name, *(printable(fact) for fact in facts if fact), last])
