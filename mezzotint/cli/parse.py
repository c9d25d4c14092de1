"""``mezzotint parse``."""

from collections.abc import Iterable

import click

from mezzotint.cli.inputs import read_argument
from mezzotint.cli.options import dialect_option, json_option, negative_option, prompt_argument
from mezzotint.cli.terminal import print_json
from mezzotint.grammar.diagnostics import printable
from mezzotint.grammar.span import Span


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
        print_json(whole | {name: to_json(*tree) for name, tree in trees.items()})
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
