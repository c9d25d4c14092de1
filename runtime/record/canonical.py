"""The one way to write a value as JSON, so that equal values are equal texts."""

import json

from mezzotint.grammar.errors import MezzotintError


def canonical(value: object) -> str:
    """Keys sorted, no spaces, no escapes that UTF-8 does not need, numbers as short as they read back.

    Raises:
        MezzotintError: the value is no plain JSON: infinite, or of a type that JSON has not.
    """
    try:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise MezzotintError(f"this is not plain JSON ({error}); use finite numbers and texts") from error
