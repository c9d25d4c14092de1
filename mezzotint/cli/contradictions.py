"""Options of ``mezzotint check`` of which one would be passed over without a word."""

from collections.abc import Mapping
from typing import Any

import click

from mezzotint.cli.report.formats import TEXT

_APART = (
    ("watch", "fix"),
    ("watch", "diff"),
    ("watch", "add_ignores"),
    ("watch", "show_files"),
    ("add_ignores", "fix"),
    ("show_files", "fix"),
    ("show_files", "diff"),
    ("show_files", "add_ignores"),
)
_NEEDED = (("unsafe_fixes", ("fix", "diff")), ("exit_non_zero_on_fix", ("fix",)))


def refuse_contradictions(given: Mapping[str, Any]) -> None:
    """See that every option does something.

    Args:
        given: options by the names of their parameters.

    Raises:
        click.UsageError: one does not go with another, or needs one that is not there.
    """
    for one, other in _APART:
        if given[one] and given[other]:
            raise click.UsageError(
                f"{_option(one)} does not go with {_option(other)}; run one after the other"
            )
    for one, others in _NEEDED:
        if given[one] and not any(given[other] for other in others):
            raise click.UsageError(f"{_option(one)} does nothing without {' or '.join(map(_option, others))}")
    if given["as_json"] and given["output_format"] not in {TEXT, "json"}:
        raise click.UsageError(
            f"--json does not go with --output-format {given['output_format']}; give one of them"
        )


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"
