"""``mezzotint active``."""

import json
from itertools import groupby

import click

from mezzotint.cli.inputs import read_argument
from mezzotint.cli.options import dialect_option
from mezzotint.cli.show import compiled, json_option, negative_option, prompt_argument, steps_option
from mezzotint.grammar.diagnostics import printable


@click.command("active")
@prompt_argument
@negative_option
@steps_option
@dialect_option
@json_option
def active_command(prompt: str, negative: str | None, steps: int | None, dialect: str, as_json: bool) -> None:
    """Show which text is in force at each evaluation of the model.

    PROMPT is the text itself, a text file or picture that holds one, or - for standard input.
    Evaluations count from 1; samplers that take two a step have twice as many. As in A1111, a switch
    after step 3 acts one evaluation later than the number says: from the fifth.
    """
    program = compiled(read_argument(prompt, dialect), negative, steps)
    branches = [*program.positive, program.negative]
    names = [f"prompt {n}" if len(program.positive) > 1 else "prompt" for n in range(1, len(branches))]
    names.append("negative prompt")
    evaluations = [[branch.at(step).text for branch in branches] for step in range(program.steps)]
    if as_json:
        rows = [dict(zip(names, texts, strict=True)) for texts in evaluations]
        click.echo(json.dumps(rows, indent=1))
        return
    for texts, run in groupby(enumerate(evaluations, 1), key=lambda pair: pair[1]):
        numbers = [number for number, _ in run]
        click.echo(click.style(f"evaluations {numbers[0]}-{numbers[-1]}", fg="cyan"))
        for name, branch, text in zip(names, branches, texts, strict=True):
            weight = "" if branch.weight == 1 else f" (weight {branch.weight:g})"
            if text or name != "negative prompt":
                click.echo(f"  {click.style(name, bold=True)}{weight}: {printable(text)}")
