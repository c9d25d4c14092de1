"""``mezzotint import``."""

import click

from mezzotint.cli.export import deliver
from mezzotint.cli.inputs import STDIN, read_stdin
from mezzotint.cli.pictures import force_option, note, output_option
from mezzotint.runtime.interchange.forms import FORMS, import_text
from mezzotint.runtime.interchange.recipe import InterchangeError, Written
from mezzotint.runtime.metadata.describe import describe

_MAX_STDIN = 8 << 20  # bytes


@click.command("import")
@click.argument("source", metavar="FILE")
@click.option("--from", "form", type=click.Choice(list(FORMS)), help="Its form; else its content tells.")
@output_option
@force_option
def import_command(source: str, form: str | None, output: str | None, force: bool) -> None:
    """Read another program's request, graph or script, and print the infotext.

    FILE is what mezzotint export writes, or another text of the same form; - is standard input. Of a picture
    the infotext is printed, whichever program made it. A script is parsed, never run. What an infotext cannot
    say is told on standard error.
    """
    written = _read(source, form)
    deliver(written.text, output, force=force)
    for one in written.notes:
        note(one)


def _read(source: str, form: str | None) -> Written:
    if source == STDIN:
        return import_text(read_stdin(_MAX_STDIN).decode("utf-8-sig", "replace"), form)
    described = describe(source)
    if described.metadata.container == "text":
        return import_text((described.metadata.parameters or "").rstrip("\n"), form)
    made = described.generation
    if made is None or made.infotext is None:
        raise InterchangeError(f"{source}: no prompt is recorded in this picture")
    return Written(made.infotext, made.notes)
