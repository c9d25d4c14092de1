"""``mezzotint lsp``."""

import click

from mezzotint.grammar.errors import MezzotintError

_MAX_PORT = 65535


@click.command("lsp")
@click.option("--stdio", is_flag=True, help="Speak on standard input and output, which is the default.")
@click.option("--tcp", metavar="HOST:PORT", help="Listen for one client instead, on a host of this machine.")
def lsp_command(stdio: bool, tcp: str | None) -> None:
    """Run the language server: findings, fixes, hover, completion and more in an editor.

    Editors start it themselves; docs/editors.md has the settings for each.
    """
    if stdio and tcp:
        raise click.UsageError("give --stdio or --tcp, not both")
    address = None if tcp is None else _address(tcp)
    try:
        from mezzotint.cli.lsp_tools import TOOLS
        from mezzotint.lsp.server import serve_stdio, serve_tcp
    except ModuleNotFoundError as error:
        if error.name not in ("pygls", "lsprotocol"):
            raise
        raise MezzotintError('the language server needs pygls: pip install "mezzotint[lsp]"') from error
    if address is None:
        serve_stdio(TOOLS)
    else:
        serve_tcp(TOOLS, *address)


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not (port.isascii() and port.isdigit()) or int(port) > _MAX_PORT:
        raise click.UsageError(f"--tcp {text}: write a host and a port, such as 127.0.0.1:2087")
    return host.strip("[]"), int(port)
