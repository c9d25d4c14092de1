"""The options of ``mezzotint render`` and ``reproduce`` that say where and how to compute."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from mezzotint.runtime.devices.computing import DTYPES

Command = TypeVar("Command", bound=Callable[..., Any])

NAMES = ("device", "dtype", "channels_last", "compiled", "offload")
"""Fields of :class:`mezzotint.runtime.devices.computing.Computing`; ``None`` where an option is silent."""


def device_options(otherwise: str) -> Callable[[Command], Command]:
    """The options.

    Args:
        otherwise: what the help says of options that are not given, after the defaults of a fresh picture.
    """

    def decorate(command: Command) -> Command:
        for option in reversed(_options(otherwise)):
            command = option(command)
        return command

    return decorate


def _options(otherwise: str) -> list[Callable[[Command], Command]]:
    return [
        click.option(
            "--device",
            metavar="DEVICE",
            help=f"cpu, cuda, cuda:1, ..., mps, or auto for the best there is.  [default: cpu{otherwise}]",
        ),
        click.option(
            "--dtype",
            type=click.Choice(DTYPES),
            help=f"Precision of the UNet.  [default: float32{otherwise}]",
        ),
        click.option(
            "--fast/--no-fast",
            default=None,
            help="Give up the promise of the same bits for speed; the infotext says so.",
        ),
        click.option(
            "--channels-last/--no-channels-last", default=None, help="Lay out the UNet with channels last."
        ),
        click.option(
            "--compile/--no-compile",
            "compiled",
            default=None,
            help="Compile the UNet with torch.compile: minutes at first, quicker steps after.",
        ),
        click.option(
            "--offload/--no-offload",
            default=None,
            help="Keep on the device only what works at the moment, for small GPUs.",
        ),
    ]
