"""``mezzotint render``."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from mezzotint.cli.asked import Asked
from mezzotint.cli.checking import show_diagnostic
from mezzotint.cli.device_options import NAMES, device_options
from mezzotint.cli.inputs import read_argument
from mezzotint.cli.options import dialect_option
from mezzotint.cli.progress import steps as step_bar
from mezzotint.cli.render_options import (
    network_options,
    pass_options,
    picture_options,
    setting_options,
)
from mezzotint.grammar.diagnostics import printable
from mezzotint.runtime.batch import batch
from mezzotint.runtime.devices.computing import Computing
from mezzotint.runtime.models.folder import BUILTIN
from mezzotint.runtime.picture import Picture, Renderer, check_target
from mezzotint.runtime.request import Request

INTERRUPTED = 130  # what a shell makes of Ctrl-C


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """A picture, and the file it was saved to."""

    file: Path
    seed: int
    picture: Picture


def _targets(output: Path, count: int) -> list[Path]:
    if count == 1:
        return [output]
    return [output.with_name(f"{output.stem}-{number}{output.suffix}") for number in range(1, count + 1)]


@click.command("render")
@click.argument("prompt", metavar="PROMPT")
@click.option(
    "--output", "-o", type=click.Path(path_type=Path), required=True, metavar="FILE", help="The PNG to write."
)
@click.option("--negative", metavar="TEXT", help="The negative prompt.")
@click.option(
    "--model",
    metavar="MODEL",
    help="builtin, a checkpoint file, a diffusers folder, or the name or a hash of a model in the index.  "
    "[default: the infotext's, else builtin]",
)
@network_options
@setting_options
@picture_options
@pass_options
@click.option(
    "--batch",
    "count",
    type=click.IntRange(1, 1000),
    default=1,
    metavar="N",
    help="Batches, with seeds counted up.",
)
@click.option(
    "--batch-size", type=click.IntRange(1, 100), default=1, metavar="N", help="Pictures of each batch."
)
@device_options("")
@dialect_option
@click.option("--json", "as_json", is_flag=True, help="Print what was made as JSON.")
@click.pass_context
def render_command(
    ctx: click.Context,
    /,
    prompt: str,
    output: Path,
    count: int,
    batch_size: int,
    as_json: bool,
    **options: Any,
) -> None:
    """Make a picture from a prompt.

    PROMPT is a prompt in A1111's language, with Midjourney flags behind it if you like; or a whole
    infotext, whose settings then count unless an option replaces them; or a text file or picture that
    holds either; or - for standard input. The PNG records everything it takes to make it again. With
    --batch, pictures are numbered: FILE-1.png, FILE-2.png, …

    Files that an infotext or the prompt names and no option gives are looked for in the index, see "mezzotint
    models".

    Interrupted, it keeps the pictures that are finished, and its exit status is 130.
    """
    targets = _targets(output, count * batch_size)
    document = read_argument(prompt, options["dialect"])
    for target in targets:
        for read in (document.path, options["init"], options["mask"]):
            check_target(target, read)
    asked = Asked.read(document, options)
    files = asked.files()
    renderer = Renderer(
        files.model_for(document.name, BUILTIN),
        Computing(**{name: options[name] for name in NAMES if options[name] is not None}),
        vae=files.vae,
        refiner=files.refiner,
        **{name: options[name] for name in ("loras", "hypernets", "embeddings")},
        found=files.found,
    )
    request = asked.request(renderer.native_size)
    for diagnostic in request.diagnostics:
        show_diagnostic(diagnostic, document, err=True)
    for warning in asked.warnings(request, files):
        _warn(warning)
    made: list[Made] = []
    try:
        for one in _render_all(renderer, batch(request, count, batch_size), targets):
            made.append(one)
            if not as_json:
                click.echo(_line(one))
    except KeyboardInterrupt:
        click.echo(f"interrupted: {len(made)} of {len(targets)} pictures are finished", err=True)
        ctx.exit(INTERRUPTED)
    finally:
        if as_json:
            click.echo(json.dumps([_row(one) for one in made], indent=1))


def _render_all(renderer: Renderer, requests: Iterator[Request], targets: list[Path]) -> Iterator[Made]:
    """Render and save, and tell of everything that goes wrong once."""
    told: set[str] = set()
    for request, target in zip(requests, targets, strict=True):
        with step_bar(target.name) as on_step:
            picture = renderer.render(request, on_step=on_step)
        picture.save(target)
        for note in picture.notes:
            if note not in told:
                _warn(note)
        told.update(picture.notes)
        yield Made(target, request.settings.seed, picture)


def _line(made: Made) -> str:
    size = f"{made.picture.image.width}x{made.picture.image.height}"
    return f"{click.style(str(made.file), bold=True)}  {size}, seed {made.seed}"


def _row(made: Made) -> dict[str, object]:
    return {
        "file": str(made.file),
        "seed": made.seed,
        "infotext": made.picture.infotext,
        "record": made.picture.record.to_json(),
        "notes": made.picture.notes,
    }


def _warn(text: str) -> None:
    click.echo(f"warning: {printable(text)}", err=True)
