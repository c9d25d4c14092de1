"""Options that several commands have."""

import os

import click

from mezzotint.grammar.document import Dialect

dialect_option = click.option(
    "--dialect",
    type=click.Choice([d.value for d in Dialect]),
    default=Dialect.AUTO.value,
    show_default=True,
    help="How to read the text: auto takes a pasted infotext apart and reads Midjourney flags behind a "
    "prompt; a1111 takes every character as the prompt.",
)

prompt_argument = click.argument("prompt", metavar="PROMPT")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
negative_option = click.option("--negative", metavar="TEXT", help="The negative prompt.")


def processors() -> int:
    """Those that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
