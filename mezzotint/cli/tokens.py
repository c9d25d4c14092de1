"""``mezzotint tokens``."""

import json
from itertools import groupby
from typing import Any

import click

from mezzotint.cli.inputs import read_argument
from mezzotint.cli.options import dialect_option
from mezzotint.cli.show import compiled, json_option, negative_option, prompt_argument, steps_option
from mezzotint.compiler.ir import Branch, Entry, Segment
from mezzotint.compiler.passes.chunk import CHUNK_LENGTH, Chunk, ChunkedText, chunk
from mezzotint.compiler.tokens.bpe import WORD_END
from mezzotint.compiler.tokens.clip import ClipTokenizer, clip_tokenizer, open_clip_tokenizer
from mezzotint.grammar.diagnostics import printable

ENCODERS = {"clip-l": clip_tokenizer, "open-clip": open_clip_tokenizer}


def _read(part: Chunk) -> list[tuple[int, Segment]]:
    """The ids that were read from the text, and their segments; marks and padding left out."""
    pairs = zip(part.tokens, part.sources, strict=True)
    return [(token, source) for token, source in pairs if source is not None]


def _entry_json(entry: Entry, text: ChunkedText, tokenizer: ClipTokenizer) -> dict[str, Any]:
    chunks = [
        [{"id": i, "text": tokenizer.token_text(i), "weight": source.weight} for i, source in _read(part)]
        for part in text.chunks
    ]
    return {"end_step": entry.end_step, "text": entry.text, "token_count": text.token_count, "chunks": chunks}


def _branch_json(branch: Branch, tokenizer: ClipTokenizer) -> dict[str, Any]:
    entries = [_entry_json(entry, chunk(entry.pieces, tokenizer), tokenizer) for entry in branch.timeline]
    return {"weight": branch.weight, "entries": entries}


def _colour(weight: float) -> str | None:
    return None if weight == 1 else "yellow" if weight > 1 else "blue"


def _letters(token: int, tokenizer: ClipTokenizer) -> str:
    """A token's letters; a dot follows where its word goes on."""
    text = tokenizer.token_text(token)
    return printable(text.removesuffix(WORD_END) if text.endswith(WORD_END) else f"{text}·")


def _show_chunk(number: int, part: Chunk, tokenizer: ClipTokenizer) -> None:
    tokens = _read(part)
    click.echo(click.style(f"    chunk {number}: {len(tokens)} of {CHUNK_LENGTH} places", dim=True))
    for weight, run in groupby(tokens, key=lambda pair: pair[1].weight):
        letters = " ".join(_letters(token, tokenizer) for token, _ in run)
        click.echo(f"      {weight:6.4g}  " + click.style(letters, fg=_colour(weight)))


def _show_branch(name: str, branch: Branch, tokenizer: ClipTokenizer) -> None:
    start = 1
    for entry in branch.timeline:
        text = chunk(entry.pieces, tokenizer)
        count = f"{text.token_count} tokens in {len(text.chunks)} chunk{'s' * (len(text.chunks) != 1)}"
        steps = "" if len(branch.timeline) == 1 else f", steps {start}-{entry.end_step}"
        weight = "" if branch.weight == 1 else f", weight {branch.weight:g}"
        click.echo(f"{click.style(name, bold=True)}{weight}{steps}: {count}")
        for number, part in enumerate(text.chunks, 1):
            _show_chunk(number, part, tokenizer)
        start = entry.end_step + 1


@click.command("tokens")
@prompt_argument
@negative_option
@steps_option
@click.option(
    "--encoder",
    type=click.Choice(list(ENCODERS)),
    default="clip-l",
    show_default=True,
    help="Whose tokenizer: clip-l of SD 1.x, and first of SDXL; open-clip of SD 2.x, and second of SDXL.",
)
@dialect_option
@json_option
def tokens_command(
    prompt: str, negative: str | None, steps: int | None, encoder: str, dialect: str, as_json: bool
) -> None:
    """Show what the text encoder gets: chunks of 75 places, tokens and their weights.

    PROMPT is the text itself, a text file or picture that holds one, or - for standard input. Where
    prompt editing changes the text, each stretch of steps is shown. A dot behind a token means that its
    word goes on with the next.
    """
    source = read_argument(prompt, dialect)
    program = compiled(source, negative, steps)
    tokenizer = ENCODERS[encoder]()
    if as_json:
        shown = {
            "encoder": encoder,
            "prompt": [_branch_json(branch, tokenizer) for branch in program.positive],
            "negative_prompt": [_branch_json(program.negative, tokenizer)],
        }
        click.echo(json.dumps(shown, indent=1))
        return
    for number, branch in enumerate(program.positive, 1):
        name = "prompt" if len(program.positive) == 1 else f"prompt {number}"
        _show_branch(name, branch, tokenizer)
    if program.negative.timeline[-1].text:
        _show_branch("negative prompt", program.negative, tokenizer)
