"""What the commands that show a compiled prompt have in common."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, TypeVar

import click

from mezzotint.cli.inputs import Input
from mezzotint.cli.options import dialect_option, json_option, negative_option, prompt_argument
from mezzotint.compiler.ir import Branch, Program

Command = TypeVar("Command", bound=Callable[..., Any])

_steps_option = click.option(
    "--steps",
    type=click.IntRange(1),
    metavar="N",
    help="Steps that prompt editing is laid out over.  [default: the infotext's, or 20]",
)
_hires_steps_option = click.option(
    "--hires-steps",
    type=click.IntRange(1),
    metavar="N",
    help="Steps of the second pass (hires fix), shown with it.  [default: the infotext's, or no second pass]",
)


def program_options(command: Command) -> Command:
    """The argument and options that say what to compile."""
    for option in (
        json_option,
        dialect_option,
        _hires_steps_option,
        _steps_option,
        negative_option,
        prompt_argument,
    ):
        command = option(command)
    return command


def compiled(source: Input, negative: str | None, steps: int | None, hires_steps: int | None) -> Program:
    """The program of an input; what is given replaces its own."""
    from mezzotint.runtime.passes.settings import HiresSettings
    from mezzotint.runtime.request import read_request

    request = read_request(source.document, negative_prompt=negative, options={"steps": steps})
    if hires_steps is not None:
        hires = replace(request.settings.hires or HiresSettings(), steps=hires_steps)
        request = replace(request, settings=replace(request.settings, hires=hires))
    return request.program()


def passes(program: Program) -> Iterator[tuple[str, Program]]:
    """The passes and what to call them; one alone needs no name."""
    yield ("first pass" if program.hires else ""), program
    if program.hires:
        yield "second pass", program.hires


def named_branches(program: Program) -> Iterator[tuple[str, Branch]]:
    """The branches of a pass and what to call them, the negative prompt last."""
    for number, branch in enumerate(program.positive, 1):
        yield ("prompt" if len(program.positive) == 1 else f"prompt {number}"), branch
    yield "negative prompt", program.negative
