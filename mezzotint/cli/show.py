"""``mezzotint parse`` and ``mezzotint compile``: what the compiler makes of a prompt."""

import json
from collections.abc import Iterable
from typing import Any

import click

from mezzotint.cli.inputs import Input, read_argument
from mezzotint.cli.options import dialect_option
from mezzotint.compiler.ir import Branch, Break, Entry, Program
from mezzotint.grammar.diagnostics import printable
from mezzotint.grammar.span import Span

prompt_argument = click.argument("prompt", metavar="PROMPT")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
negative_option = click.option("--negative", metavar="TEXT", help="The negative prompt.")
steps_option = click.option(
    "--steps",
    type=click.IntRange(1),
    metavar="N",
    help="Steps that prompt editing is laid out over.  [default: the infotext's, or 20]",
)


def _negative(source: Input, negative: str | None) -> str:
    return source.document.negative_prompt if negative is None else negative


def _print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=1).encode("utf-8", "backslashreplace").decode())


@click.command("parse")
@prompt_argument
@negative_option
@dialect_option
@json_option
def parse_command(prompt: str, negative: str | None, dialect: str, as_json: bool) -> None:
    """Show the syntax tree of a prompt.

    PROMPT is the text itself, a text file or picture that holds one, or - for standard input. Each line
    of the tree is a node and the range of characters it was read from. Of an infotext the tree of the whole
    is shown, with those of its prompts inside.
    """
    from mezzotint.grammar.infotext.whole import frame_json, frame_outline
    from mezzotint.grammar.lexer import NEGATIVE
    from mezzotint.grammar.parser import parse
    from mezzotint.grammar.render import outline, to_json

    document = read_argument(prompt, dialect).document
    trees = {}
    if document.infotext is None:
        trees["prompt"] = (parse(document.prompt), document.prompt)
    if negative:
        trees["negative_prompt"] = (parse(negative, NEGATIVE), negative)
    if as_json:
        whole = {} if document.infotext is None else {"infotext": frame_json(document)}
        _print_json(whole | {name: to_json(*tree) for name, tree in trees.items()})
        return
    if document.infotext is not None:
        _show_tree("infotext", frame_outline(document))
    for name, (tree, _) in trees.items():
        _show_tree(name.replace("_", " "), outline(tree))


def _show_tree(name: str, rows: Iterable[tuple[int, str, Span]]) -> None:
    click.echo(click.style(name, bold=True))
    for depth, label, span in rows:
        where = click.style(f"{span.start}-{span.end}", dim=True)
        click.echo(f"{'  ' * (depth + 1)}{printable(label)}  {where}")


def compiled(source: Input, negative: str | None, steps: int | None) -> Program:
    """The program of an input; ``negative`` and ``steps`` replace its own."""
    from mezzotint.compiler.lower import compile_prompt
    from mezzotint.runtime.request import document_clock

    clock = document_clock(source.document, steps)
    return compile_prompt(source.document.prompt, _negative(source, negative), clock=clock)


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


@click.command("compile")
@prompt_argument
@negative_option
@steps_option
@dialect_option
@json_option
def compile_command(
    prompt: str, negative: str | None, steps: int | None, dialect: str, as_json: bool
) -> None:
    """Show the prompt program: which text is in force at which step, and how its parts are weighed.

    PROMPT is the text itself, a text file or picture that holds one, or - for standard input. With --json
    the program is printed in the form that mezzotint reads back.
    """
    program = compiled(read_argument(prompt, dialect), negative, steps)
    if as_json:
        from mezzotint.compiler.ir_json import digest, to_json

        _print_json({**to_json(program), "digest": digest(program)})
        return
    for number, branch in enumerate(program.positive, 1):
        _show_branch("prompt" if len(program.positive) == 1 else f"prompt {number}", branch)
    _show_branch("negative prompt", program.negative)
    for network in program.networks:
        named = [f"{key}={value}" for key, value in network.named]
        click.echo(
            f"network {printable(network.kind)}: {printable(', '.join([*network.positional, *named]))}"
        )
