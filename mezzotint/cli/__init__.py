"""The ``mezzotint`` command."""

import os
import sys

from mezzotint.cli.terminal import echo, open_streams
from mezzotint.grammar.diagnostics import printable
from mezzotint.grammar.errors import MezzotintError


def main() -> None:
    """Run the command line; what goes wrong on purpose is told in words, without a traceback."""
    # Waiting threads that spin make rendering on a busy machine many times slower; bits stay the same.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    open_streams()
    try:
        code = _run(sys.argv[1:])
        sys.stdout.flush()
    except MezzotintError as error:
        code = _fail(str(error))
    except KeyboardInterrupt:
        echo("interrupted", err=True)
        code = 130
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except OSError as error:
        code = _fail(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    raise SystemExit(code)


def _run(arguments: list[str]) -> int:
    """Run a command; a plain ``check FILE...`` has nothing to parse and does not wait for click."""
    command, *files = arguments or [""]
    if command == "check" and files and not any(f.startswith("-") and f != "-" for f in files):
        from mezzotint.cli.checking import check_files

        return check_files(files)
    from mezzotint.cli.group import run

    return run()


def _fail(message: str) -> int:
    echo("\n".join(map(printable, f"error: {message}".split("\n"))), err=True)
    return 2
