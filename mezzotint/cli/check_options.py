"""The options of the commands that check, fix and format."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from mezzotint.cli.checks import Asked
from mezzotint.compiler.lint.config import MAX_STEPS, READINGS
from mezzotint.compiler.lint.context import FAMILIES
from mezzotint.compiler.lint.patterns import Pattern

Command = Callable[..., Any]


def _selectors(name: str, help: str) -> Callable[[Command], Command]:
    return click.option(name, multiple=True, metavar="CODES", help=help)


def _patterns(name: str, help: str) -> Callable[[Command], Command]:
    return click.option(name, multiple=True, metavar="PATTERNS", help=help)


_CHOICE = (
    _selectors("--select", "Only these: codes, beginnings of codes, names, or ALL, with commas between."),
    _selectors("--extend-select", "These, too, beside what is on by default or configured."),
    _selectors("--ignore", "Not these."),
    click.option("--target", type=click.Choice(FAMILIES), help="The model family the prompts are for."),
    click.option("--steps", type=click.IntRange(1, MAX_STEPS), help="Steps that pictures are made with."),
)
_READING = (
    click.option(
        "--dialect",
        type=click.Choice(READINGS),
        help="How to read a text: auto (a prompt, one with Midjourney flags, or an infotext), a1111 (every "
        "character is the prompt), infotext; or the program that will read it.",
    ),
    click.option(
        "--line-mode/--no-line-mode",
        default=None,
        help="Each line of a text file is a prompt; so it is in files of a folder called wildcards.",
    ),
    click.option(
        "--field",
        "fields",
        multiple=True,
        metavar="PATH",
        help="Where prompts stand in JSON, YAML and TOML files, such as images.*.prompt; ** is any depth.",
    ),
    click.option(
        "--config", type=click.Path(exists=True, dir_okay=False), help="Read this file, not the nearest."
    ),
    click.option("--isolated", is_flag=True, help="Read no configuration."),
    click.option(
        "--stdin-filename",
        "stdin_name",
        default="",
        metavar="NAME",
        help="The name that standard input (-) would have: for its kind and its configuration.",
    ),
)
_FINDING = (
    _patterns("--exclude", "Leave these files and folders out of folders, not the configured ones."),
    _patterns("--extend-exclude", "Leave these out, too."),
    click.option(
        "--force-exclude/--no-force-exclude",
        default=None,
        help="Leave out what is excluded where it is named on the command line, too.",
    ),
    click.option(
        "--respect-gitignore/--no-respect-gitignore",
        default=None,
        help="Leave out of folders what git ignores (the default).",
    ),
)


def choice_options(command: Command) -> Command:
    """Which rules run, and for what."""
    return _with(command, _CHOICE)


def reading_options(command: Command) -> Command:
    """Which files are found in folders, and how files are read."""
    return _with(command, (*_READING, *_FINDING))


def _with(command: Command, options: tuple[Callable[[Command], Command], ...]) -> Command:
    for option in reversed(options):
        command = option(command)
    return command


def asked(given: dict[str, Any]) -> Asked:
    """What the options of both kinds ask for; takes them out of ``given``."""
    options: dict[str, Any] = {}
    for name in ("select", "extend_select", "ignore"):
        if codes := _split(given.pop(name, ())):
            options[name] = codes
    for name in ("exclude", "extend_exclude"):
        if patterns := _split(given.pop(name)):
            options[name] = tuple(Pattern(text, str(Path.cwd())) for text in patterns)
    for name in ("target", "steps", "dialect", "line_mode", "force_exclude", "respect_gitignore"):
        if (value := given.pop(name, None)) is not None:
            options[name] = value
    if fields := given.pop("fields", ()):
        options["fields"] = fields
    config, isolated = given.pop("config"), given.pop("isolated")
    if config and isolated:
        raise click.UsageError("--isolated reads no configuration, and --config names one; give one of them")
    return Asked(options, "" if isolated else config, stdin_name=given.pop("stdin_name"))


def _split(given: tuple[str, ...]) -> tuple[str, ...]:
    """Each of the texts, at its commas."""
    return tuple(part.strip() for one in given for part in one.split(",") if part.strip())
