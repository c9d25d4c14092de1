"""``mezzotint export``."""

import os
from pathlib import Path

import click

from mezzotint.cli.inputs import InputError, read_infotext
from mezzotint.cli.pictures import check_free, force_option, note, output_option, save
from mezzotint.cli.terminal import echo, hand_over, is_terminal
from mezzotint.grammar.diagnostics import printable
from mezzotint.runtime.interchange.forms import FORMS, export_text

to_option = click.option(
    "--to", "form", type=click.Choice(list(FORMS)), required=True, help="The form to write."
)


@click.command("export")
@click.argument("source", metavar="PICTURE|INFOTEXT")
@to_option
@output_option
@force_option
def export_command(source: str, form: str, output: str | None, force: bool) -> None:
    """Say how a picture was made in another program's words.

    PICTURE is any picture that says how it was made, or a text file; - is a text on standard input, and
    everything else an infotext itself. Forms: a1111 is the infotext; a1111-api the body of a request; comfyui
    a graph in the form of its API; diffusers a Python script; civitai the site's object with resources; json
    prompts and settings under A1111's names. What a form cannot say is told on standard error.
    """
    if output is not None and _is_same(source, output):
        raise InputError(f"{output} is what is exported; choose another name")
    text = read_infotext(source)
    if not text.strip():
        raise InputError("there is nothing to export: the text is empty")
    written = export_text(text, form)
    deliver(written.text, output, force=force)
    for one in written.notes:
        note(one)


def _is_same(source: str, output: str) -> bool:
    """Whether the source is a file and no infotext, and the output is the same file."""
    # A long infotext is no path; pathlib would complain of its length.
    return os.path.isfile(source) and os.path.realpath(source) == os.path.realpath(output)  # noqa: PTH113


def deliver(text: str, output: str | None, *, force: bool) -> None:
    """Write a text into a file, or print it: to a program as it is, to a person made harmless."""
    if output is not None:
        check_free(Path(output), force=force)
        save(Path(output), (text.rstrip("\n") + "\n").encode("utf-8", "backslashreplace"), dry_run=False)
        return
    if is_terminal():
        echo("\n".join(map(printable, text.split("\n"))))
    else:
        hand_over(text.rstrip("\n") + "\n")
