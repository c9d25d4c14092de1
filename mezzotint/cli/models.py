"""``mezzotint models``."""

import json
from collections.abc import Iterator

import click

from mezzotint.grammar.diagnostics import printable
from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.models.scan import Found, built_in, find_files


@click.command("models")
@click.argument("places", nargs=-1, metavar="[PATH]...")
@click.option(
    "--no-hash", is_flag=True, help="Leave the hashes out: the first time, each file is read whole."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def models_command(places: tuple[str, ...], no_hash: bool, as_json: bool) -> None:
    """List models, and what goes with them.

    The built-in model is always there; name files or folders to look at them, too: checkpoints, diffusers
    folders, LoRA files, VAEs and embeddings are told apart by what is in them. The hash is what an infotext
    calls them by; it is remembered, see the documentation of checkpoints.
    """
    rows = [_row(found, no_hash) for found in _found(places)]
    if as_json:
        click.echo(json.dumps(rows, indent=1))
        return
    for row in rows:
        click.echo(_line(row))


def _found(places: tuple[str, ...]) -> Iterator[Found]:
    yield built_in()
    for place in places:
        yield from find_files(place)


def _row(found: Found, no_hash: bool) -> dict[str, str | None]:
    size, digest, problem = found.native_size, None, found.problem
    try:
        digest = None if no_hash else found.hash()
    except MezzotintError as error:
        problem = str(error)
    return {
        "name": found.name,
        "kind": found.kind,
        "family": found.family,
        "hash": digest,
        "size": None if size is None else f"{size[0]}x{size[1]}",
        "path": str(found.path),
        "problem": problem,
    }


def _line(row: dict[str, str | None]) -> str:
    facts = [row["kind"], row["family"], row["hash"] and f"hash {row['hash']}", row["size"]]
    name = click.style(printable(row["name"] or ""), bold=True)
    problem = row["problem"]
    last = click.style(printable(problem), fg="red") if problem else printable(row["path"] or "")
    return "  ".join([name, *filter(None, facts), last])
