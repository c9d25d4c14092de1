"""``mezzotint reproduce``."""

import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from mezzotint.cli.device_options import device_options
from mezzotint.cli.pixels import distance
from mezzotint.cli.progress import steps as step_bar
from mezzotint.cli.render_options import network_options, picture_options
from mezzotint.grammar.diagnostics import printable
from mezzotint.runtime.passes.source import open_source
from mezzotint.runtime.picture import check_target
from mezzotint.runtime.reproduce import Reproduction, Verdict, reproduce

_COLOURS = {Verdict.IDENTICAL: "green", Verdict.EQUAL: "green", Verdict.DIFFERENT: "red"}


def _sentence(result: Reproduction) -> str:
    found = result.difference
    (width, height), other = found.sizes
    if result.verdict is Verdict.IDENTICAL:
        return f"all {width}x{height} pixels are the same, bit for bit"
    if (width, height) != other:
        return f"the picture is {width}x{height}, its infotext makes {other[0]}x{other[1]}"
    return f"{100 * found.share:.3g} % of the values differ, {distance(found)}"


def _row(file: Path, result: Reproduction) -> dict[str, object]:
    found = result.difference
    return {
        "file": str(file),
        "verdict": result.verdict.value,
        "levels": found.levels,
        "share": found.share,
        "differing_values": found.bytes,
        "values": found.total,
        "psnr": None if math.isinf(found.psnr) else found.psnr,
        "ssim": found.ssim,
        "promised": result.is_promised,
        "notes": list(result.notes),
        "explanation": asdict(result.explanation),
    }


@click.command("reproduce")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option(
    "--output", "-o", type=click.Path(path_type=Path), metavar="OUT", help="Write the new picture here."
)
@click.option(
    "--model",
    metavar="MODEL",
    help="Use this model instead of the one that the picture names: as in render.",
)
@network_options
@picture_options
@device_options(", or as recorded")
@click.option(
    "--explain",
    "explained",
    is_flag=True,
    help="Say at which stage the two runs part, and what differs here.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_context
def reproduce_command(
    ctx: click.Context, /, file: Path, output: Path | None, explained: bool, as_json: bool, **options: Any
) -> None:
    """Make a picture again from its own metadata, and compare every pixel.

    Files that the picture names and no option gives are looked for in the index, see "mezzotint models".

    The verdict is "identical", "perceptually equal" (PSNR of 40 dB and SSIM of 0.99 at least, at most 16 of
    255 levels), or "different". Where the picture's record promises the same bits, as it was made in the same
    way on such a machine, only identical will do.

    Exit status: 0 identical, or perceptually equal where no bits are promised; 1 else; 2 it cannot be made
    again.
    """
    if output is not None:
        check_target(output, file)
    init, mask = options.pop("init"), options.pop("mask")
    if mask is not None and init is None:
        raise click.UsageError("--mask is of no use without --init")
    source = None if init is None else open_source(init, mask)
    with step_bar(file.name) as on_step:
        result = reproduce(file, source=source, on_step=on_step, **options)
    if output is not None:
        result.picture.save(output)
    if as_json:
        click.echo(json.dumps(_row(file, result), indent=1))
    else:
        colour = "red" if result.breaks_promise else _COLOURS[result.verdict]
        verdict = click.style(result.verdict.value, fg=colour, bold=True)
        click.echo(f"{printable(str(file))}: {verdict}: {_sentence(result)}")
        for note in result.notes:
            click.echo(f"  note: {printable(note)}")
        for line in result.explanation.lines if explained else ():
            click.echo(f"  explanation: {printable(line)}")
    ctx.exit(0 if result.is_good else 1)
