"""How rules tell of a slip that a prompt is full of: once, with a number."""

from collections.abc import Sized


def among(found: Sized) -> str:
    """What is added to the message of the first of them; nothing if it is the only one."""
    return f" ({len(found)} of these in the prompt)" if len(found) > 1 else ""
