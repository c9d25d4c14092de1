"""The commands by name, and their parser."""

from importlib import import_module

import click

from mezzotint import __version__
from mezzotint.cli.terminal import echo

# Name, the module that holds it, one line for --help. A command's module is imported when it runs, so
# that checking a file never waits for what rendering needs.
COMMANDS = {
    "render": ("render", "Make a picture from a prompt."),
    "reproduce": ("reproduce", "Make a picture again from its own metadata, and compare."),
    "info": ("info", "Show what pictures say about how they were made."),
    "set": ("set", "Change what pictures say about how they were made."),
    "strip": ("strip", "Remove what tells how pictures were made."),
    "scrub": ("strip", "The same as strip."),
    "copy": ("copy", "Give a picture the metadata of another."),
    "convert": ("convert", "Write a picture in another format and keep its metadata."),
    "diff": ("diff", "Compare what two pictures mean, how they were made, and their pixels."),
    "export": ("export", "Say how a picture was made in another program's words."),
    "import": ("import_", "Read another program's request, graph or script as an infotext."),
    "check": ("check", "Find what a prompt says and does not mean."),
    "fix": ("fix", "Put right what can be put right without changing the meaning."),
    "format": ("format", "Write prompts in one style."),
    "optimize": ("optimize", "Shorten prompts without changing the pictures."),
    "rule": ("rule", "Explain what a rule finds, and why it is bad."),
    "parse": ("parse", "Show the syntax tree of a prompt."),
    "tokens": ("tokens", "Show the tokens, chunks and weights that the text encoder gets."),
    "compile": ("compile", "Show the prompt program: what is in force at each step."),
    "active": ("active", "Show which text is in force at each step."),
    "models": ("models", "List the models that can be rendered with."),
    "samplers": ("samplers", "List samplers and schedules, and what other programs call them."),
    "lsp": ("lsp", "Run the language server for editors."),
    "conformance": ("conformance", "Compare this install with the reference's own results."),
}


class _ReaderGoneError(Exception):
    """Whoever read our output has seen enough: a broken pipe, of which click would make a failure."""


class _Commands(click.Group):
    """A group that knows its commands' names and summaries without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"mezzotint.cli.{COMMANDS[cmd_name][0]}")
        command = getattr(module, f"{COMMANDS[cmd_name][0].rstrip('_')}_command")
        return command if isinstance(command, click.Command) else None

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise _ReaderGoneError from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])


EPILOG = """\b
Examples:
  mezzotint check prompts/*.txt
  mezzotint render "a (red:1.3) circle" --negative blurry --seed 7 -o circle.png
  mezzotint reproduce circle.png

Shell completion: put the line  eval "$(_MEZZOTINT_COMPLETE=bash_source mezzotint)"  into ~/.bashrc
(zsh_source and ~/.zshrc for zsh; fish has fish_source).
"""


@click.command(cls=_Commands, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mezzotint")
def cli() -> None:
    """The compiler for image prompts.

    Reads prompts as AUTOMATIC1111's web UI means them, checks them, shows what the text encoder
    gets, renders them, and makes a picture again from the metadata in its PNG.
    """


def run() -> int:
    """Run the command that the arguments name.

    Returns:
        The exit status.
    """
    try:
        code = cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        echo("interrupted", err=True)
        return 130
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except _ReaderGoneError as error:
        raise BrokenPipeError from error
    return code if isinstance(code, int) else 0
