"""``mezzotint tokens``."""

import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

import click

from mezzotint.cli.checking import show_diagnostic
from mezzotint.cli.inputs import Input, read_argument
from mezzotint.cli.programs import compiled, named_branches, passes, program_options
from mezzotint.compiler.conditioning.capabilities import FAMILIES, Capability
from mezzotint.compiler.conditioning.seen import Seen, see
from mezzotint.compiler.conditioning.truncation import find_unseen
from mezzotint.compiler.ir import Branch, Entry, Program, Segment
from mezzotint.compiler.passes.chunk import CHUNK_LENGTH
from mezzotint.compiler.tokens.bpe import WORD_END
from mezzotint.compiler.tokens.t5 import WORD_START
from mezzotint.grammar.diagnostics import printable


def _entry_json(entry: Entry, able: Capability) -> dict[str, Any]:
    seen = see(entry.pieces, able)
    text = able.tokenizer().token_text
    rows = [[{"id": i, "text": text(i), "weight": source.weight} for i, source in row] for row in seen.rows]
    return {
        "end_step": entry.end_step,
        "text": entry.text,
        "token_count": seen.token_count,
        "chunks": rows,
    }


def _branch_json(branch: Branch, able: Capability) -> dict[str, Any]:
    return {"weight": branch.weight, "entries": [_entry_json(entry, able) for entry in branch.timeline]}


def _encoder_json(program: Program, able: Capability) -> dict[str, Any]:
    return {
        "encoder": able.encoder,
        "weights": able.weights.value,
        "prompt": [_branch_json(branch, able) for branch in program.positive],
        "negative_prompt": [_branch_json(program.negative, able)],
    }


def _json(family: str, program: Program) -> dict[str, Any]:
    shown = [
        {"pass": name, "encoders": [_encoder_json(one, able) for able in FAMILIES[family]]}
        for name, one in passes(program)
    ]
    return {"family": family, **({"passes": shown} if len(shown) > 1 else {"encoders": shown[0]["encoders"]})}


def _colour(weight: float) -> str | None:
    return None if weight == 1 else "yellow" if weight > 1 else "blue"


def _letters(token: int, able: Capability) -> str:
    """A token's letters, with a dot on the side where its word goes on."""
    text = able.tokenizer().token_text(token)
    if able.is_row:
        goes_on = not text.startswith(WORD_START)
        return printable(f"·{text}" if goes_on else text.removeprefix(WORD_START) or WORD_START)
    return printable(text.removesuffix(WORD_END) if text.endswith(WORD_END) else f"{text}·")


def _show_row(head: str, row: Sequence[tuple[int, Segment]], able: Capability) -> None:
    click.echo(click.style(f"    {head}", dim=True))
    for weight, run in groupby(row, key=lambda pair: pair[1].weight):
        letters = " ".join(_letters(token, able) for token, _ in run)
        click.echo(f"      {weight:6.4g}  " + click.style(letters, fg=_colour(weight)))


def _show_text(seen: Seen, able: Capability) -> None:
    places = able.limit or CHUNK_LENGTH
    for number, row in enumerate(seen.rows, 1):
        name = "row" if able.is_row else f"chunk {number}"
        _show_row(f"{name}: {len(row)} of {places} places", row, able)


def _show_branch(name: str, branch: Branch, able: Capability) -> None:
    start = 1
    for entry in branch.timeline:
        seen = see(entry.pieces, able)
        many = "" if able.is_row else f" in {len(seen.rows)} chunk{'s' * (len(seen.rows) != 1)}"
        steps = "" if len(branch.timeline) == 1 else f", steps {start}-{entry.end_step}"
        weight = "" if branch.weight == 1 else f", weight {branch.weight:g}"
        click.echo(f"{click.style(name, bold=True)}{weight}{steps}: {seen.token_count} tokens{many}")
        _show_text(seen, able)
        start = entry.end_step + 1


def _show_unseen(program: Program, source: Input, family: str) -> None:
    """Warn of words that an encoder does not read; those of given options have no place in the source."""
    for branches, text, negative in (
        (program.positive, source.document.prompt, False),
        ((program.negative,), source.document.negative_prompt, True),
    ):
        for found in find_unseen(branches, text, FAMILIES[family]):
            place = source.document.span(found.span, negative=negative)
            show_diagnostic(replace(found, span=place), source, err=True)


@click.command("tokens")
@program_options
@click.option(
    "--family",
    type=click.Choice(list(FAMILIES)),
    default="sd1",
    show_default=True,
    help="The model family whose text encoders read the prompt.",
)
def tokens_command(
    prompt: str,
    negative: str | None,
    steps: int | None,
    hires_steps: int | None,
    dialect: str,
    as_json: bool,
    family: str,
) -> None:
    """Show what each text encoder gets: chunks of 75 places or one row, tokens and their weights.

    PROMPT is the text itself, a text file or picture that holds one, or - for standard input. Where
    prompt editing changes the text, each stretch of steps is shown. A dot beside a token means that its
    word goes on there. Words that an encoder will not see are named on standard error.
    """
    source = read_argument(prompt, dialect)
    program = compiled(source, negative, steps, hires_steps)
    if as_json:
        click.echo(json.dumps(_json(family, program), indent=1))
        return
    for pass_name, one in passes(program):
        for able in FAMILIES[family]:
            if pass_name or len(FAMILIES[family]) > 1:
                title = ", ".join(filter(None, [pass_name, able.encoder]))
                click.echo(click.style(f"{title}: weights are {able.weights}", underline=True))
            for name, branch in named_branches(one):
                if name != "negative prompt" or branch.timeline[-1].text:
                    _show_branch(name, branch, able)
    if negative is None:
        _show_unseen(program, source, family)
