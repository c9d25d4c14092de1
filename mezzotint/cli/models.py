"""``mezzotint models``."""

import json

import click

from mezzotint.runtime.models.folder import BUILTIN, find_model


@click.command("models")
@click.argument("folders", nargs=-1, metavar="[FOLDER]...")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def models_command(folders: tuple[str, ...], as_json: bool) -> None:
    """List the models that can be rendered with.

    The built-in model is always there; name diffusers folders to look at them, too. The hash is what an
    infotext's "Model hash" says.
    """
    rows = []
    for name in (BUILTIN, *folders):
        folder = find_model(name)
        width, height = folder.native_size
        rows.append(
            {
                "name": folder.name,
                "hash": folder.hash(),
                "size": f"{width}x{height}",
                "path": str(folder.path),
            }
        )
    if as_json:
        click.echo(json.dumps(rows, indent=1))
        return
    for row in rows:
        click.echo(f"{click.style(row['name'], bold=True)}  hash {row['hash']}  {row['size']}  {row['path']}")
