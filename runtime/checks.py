"""Checks of settings that several records make; each error names the remedy."""

from mezzotint.grammar.errors import MezzotintError


def check_range(name: str, value: float, low: float, high: float) -> None:
    """Refuse what is not between ``low`` and ``high``, both allowed; not-a-number is not.

    Raises:
        MezzotintError: it is not.
    """
    if not low <= value <= high:
        raise MezzotintError(f"{name} {value} is out of range: use {low} to {high}")


def check_multiple_of_8(name: str, value: int) -> None:
    """Refuse a side that is no whole number of latent cells.

    Raises:
        MezzotintError: it is not.
    """
    if value % 8:
        near = f"{value - value % 8} or {value - value % 8 + 8}"
        raise MezzotintError(f"{name} {value} is not a multiple of 8: use {near}")


def check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    """Refuse a word that is not one of ``choices``.

    Raises:
        MezzotintError: it is not.
    """
    if value not in choices:
        raise MezzotintError(f"unknown {name} {value!r}: use one of {', '.join(choices)}")
