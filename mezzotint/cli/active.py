"""``mezzotint active``."""

import json
from itertools import groupby

import click

from mezzotint.cli.inputs import read_argument
from mezzotint.cli.programs import compiled, named_branches, passes, program_options
from mezzotint.compiler.ir import Program
from mezzotint.grammar.diagnostics import printable


def _evaluations(program: Program) -> list[list[str]]:
    """For each evaluation the text of each branch."""
    branches = [branch for _, branch in named_branches(program)]
    return [[branch.at(step).text for branch in branches] for step in range(program.steps)]


def _show_pass(program: Program) -> None:
    for texts, run in groupby(enumerate(_evaluations(program), 1), key=lambda pair: pair[1]):
        numbers = [number for number, _ in run]
        click.echo(click.style(f"evaluations {numbers[0]}-{numbers[-1]}", fg="cyan"))
        for (name, branch), text in zip(named_branches(program), texts, strict=True):
            weight = "" if branch.weight == 1 else f" (weight {branch.weight:g})"
            if text or name != "negative prompt":
                click.echo(f"  {click.style(name, bold=True)}{weight}: {printable(text)}")


@click.command("active")
@program_options
def active_command(
    prompt: str,
    negative: str | None,
    steps: int | None,
    hires_steps: int | None,
    dialect: str,
    as_json: bool,
) -> None:
    """Show which text is in force at each evaluation of the model.

    PROMPT is the text itself, a text file or picture that holds one, or - for standard input.
    Evaluations count from 1 in each pass; samplers that take two a step have twice as many. As in A1111,
    a switch after step 3 acts one evaluation later than the number says: from the fifth.
    """
    program = compiled(read_argument(prompt, dialect), negative, steps, hires_steps)
    if as_json:
        rows = [
            {**({"pass": name} if name else {}), **dict(zip(names, texts, strict=True))}
            for name, one in passes(program)
            for names in [[branch_name for branch_name, _ in named_branches(one)]]
            for texts in _evaluations(one)
        ]
        click.echo(json.dumps(rows, indent=1))
        return
    for name, one in passes(program):
        if name:
            click.echo(click.style(name, bold=True, underline=True))
        _show_pass(one)
