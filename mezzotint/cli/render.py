"""``mezzotint render``."""

import json
import re
from pathlib import Path
from typing import Any

import click

from mezzotint.cli.checking import show_diagnostic
from mezzotint.cli.inputs import read_argument
from mezzotint.cli.options import dialect_option
from mezzotint.cli.progress import steps as step_bar
from mezzotint.grammar.diagnostics import printable
from mezzotint.runtime.batch import batch, names_seed, with_random_seed
from mezzotint.runtime.models.folder import BUILTIN
from mezzotint.runtime.picture import Renderer, check_target
from mezzotint.runtime.request import read_request

_SIZE = re.compile(r"(\d{1,5})\s*[xX×]\s*(\d{1,5})")


class _Size(click.ParamType["tuple[int, int]"]):
    name = "WxH"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        found = _SIZE.fullmatch(str(value))
        if not found:
            self.fail(f"{value!r} is not a size: write it as 512x768", param, ctx)
        return int(found[1]), int(found[2])


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
    default=BUILTIN,
    show_default=True,
    metavar="MODEL",
    help="builtin, a checkpoint file, or a diffusers folder.",
)
@click.option("--vae", metavar="PATH", help="A VAE to use instead of the model's own: a file or a folder.")
@click.option("--steps", type=int, metavar="N", help="Sampling steps.  [default: 20]")
@click.option(
    "--sampler", metavar="NAME", help='As A1111 names it; "DPM++ 2M Karras" works.  [default: DPM++ 2M]'
)
@click.option("--scheduler", metavar="NAME", help="Noise schedule.  [default: Automatic, the sampler's own]")
@click.option("--cfg", type=float, metavar="SCALE", help="CFG scale.  [default: 7]")
@click.option("--seed", type=int, metavar="N", help="Seed of the noise.  [default: random]")
@click.option(
    "--size", type=_Size(), help="Width and height in pixels.  [default: what the model was trained for]"
)
@click.option(
    "--batch",
    "count",
    type=click.IntRange(1, 1000),
    default=1,
    metavar="N",
    help="Pictures, with seeds counted up.",
)
@click.option(
    "--clip-skip", type=int, metavar="N", help="Text encoder layers to leave out, counted as A1111 does."
)
@click.option(
    "--rng", metavar="SOURCE", help="Noise source: CPU, NV or GPU (computed as NV).  [default: CPU]"
)
@click.option("--device", default="cpu", show_default=True, metavar="DEVICE", help="torch device.")
@dialect_option
@click.option("--json", "as_json", is_flag=True, help="Print what was made as JSON.")
def render_command(prompt: str, output: Path, count: int, as_json: bool, **options: Any) -> None:
    """Make a picture from a prompt.

    PROMPT is a prompt in A1111's language, with Midjourney flags behind it if you like; or a whole
    infotext, whose settings then count unless an option replaces them; or a text file or picture that
    holds either; or - for standard input. The PNG records everything it takes to make it again. With
    --batch, pictures are numbered: FILE-1.png, FILE-2.png, …
    """
    targets = _targets(output, count)
    source = read_argument(prompt, options["dialect"])
    for target in targets:
        check_target(target, source.path)
    renderer = Renderer(options["model"], options["device"], vae=options["vae"])
    settings = _settings(options)
    document = source.document
    request = read_request(
        document, negative_prompt=options["negative"], native_size=renderer.native_size, options=settings
    )
    for diagnostic in request.diagnostics:
        show_diagnostic(diagnostic, source, err=True)
    for key in request.ignored:
        click.echo(f'warning: the setting "{printable(key)}" of the infotext is not acted on', err=True)
    if not names_seed(document.infotext, document.flags, settings):
        request = with_random_seed(request)
    for network in request.program().networks:
        tag = printable(f"<{network.kind}:{':'.join(network.positional)}>")
        click.echo(f"warning: {tag} is not loaded", err=True)
    rows = []
    for target, one in zip(targets, batch(request, count), strict=True):
        with step_bar(target.name) as on_step:
            picture = renderer.render(one, on_step=on_step)
        picture.save(target)
        rows.append(
            {
                "file": str(target),
                "seed": one.settings.seed,
                "infotext": picture.infotext,
                "record": picture.record,
            }
        )
        if not as_json:
            size = f"{one.settings.width}x{one.settings.height}"
            click.echo(f"{click.style(str(target), bold=True)}  {size}, seed {one.settings.seed}")
    if as_json:
        click.echo(json.dumps(rows, indent=1))


def _settings(options: dict[str, Any]) -> dict[str, Any]:
    width, height = options["size"] or (None, None)
    rng = options["rng"]
    return {
        "steps": options["steps"],
        "sampler": options["sampler"],
        "scheduler": options["scheduler"],
        "cfg_scale": options["cfg"],
        "seed": options["seed"],
        "width": width,
        "height": height,
        "clip_skip": options["clip_skip"],
        "rng": rng.upper() if rng else None,
    }
