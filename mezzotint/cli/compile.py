"""``mezzotint compile``."""

import click

from mezzotint.cli.inputs import read_argument
from mezzotint.cli.programs import compiled, named_branches, passes, program_options
from mezzotint.cli.terminal import print_json
from mezzotint.compiler.ir import Branch, Break, Entry, Program
from mezzotint.grammar.diagnostics import printable


def _piece_texts(entry: Entry) -> list[str]:
    return [
        "BREAK" if isinstance(piece, Break) else f"{printable(piece.text)!r} {piece.weight:g}"
        for piece in entry.pieces
    ]


def _show_branch(name: str, branch: Branch) -> None:
    click.echo(click.style(f"{name}, weight {branch.weight:g}", bold=True))
    start = 1
    for entry in branch.timeline:
        click.echo(click.style(f"  steps {start}-{entry.end_step}", fg="cyan"))
        for text in _piece_texts(entry):
            click.echo(f"    {text}")
        start = entry.end_step + 1


def _show_pass(program: Program) -> None:
    for name, branch in named_branches(program):
        _show_branch(name, branch)
    for network in program.networks:
        named = [f"{key}={value}" for key, value in network.named]
        click.echo(
            f"network {printable(network.kind)}: {printable(', '.join([*network.positional, *named]))}"
        )


@click.command("compile")
@program_options
def compile_command(
    prompt: str,
    negative: str | None,
    steps: int | None,
    hires_steps: int | None,
    dialect: str,
    as_json: bool,
) -> None:
    """Show the prompt program: which text is in force at which step, and how its parts are weighed.

    PROMPT is the text itself, a text file or picture that holds one, or - for standard input. With --json
    the program is printed in the form that mezzotint reads back.
    """
    program = compiled(read_argument(prompt, dialect), negative, steps, hires_steps)
    if as_json:
        from mezzotint.compiler.ir_json import digest, to_json

        print_json({**to_json(program), "digest": digest(program)})
        return
    for name, one in passes(program):
        if name:
            click.echo(click.style(name, bold=True, underline=True))
        _show_pass(one)
