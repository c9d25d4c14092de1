"""How a value is quoted in the parameter line, and how a reader undoes it.

Source: stable-diffusion-webui v1.10.1, ``modules/infotext_utils.py``.
"""

import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias

Value: TypeAlias = "str | int | float | bool | Sequence[Value] | Mapping[str, Value] | None"


def quote(value: Value) -> str:
    """The value as it is written: JSON when its text holds a comma, a colon or a line feed, else plain.

    Quotes and backslashes alone do not cause quoting, so ``"abc"`` is written as it is and read back
    as ``abc``; :func:`mezzotint.grammar.infotext.losses.find_losses` reports such values.
    """
    text = str(value)
    if not any(c in text for c in ",:\n"):
        return text
    return json.dumps(value, ensure_ascii=False)


def unquote(text: str) -> str:
    """Undo :func:`quote`; a text that is not one whole JSON string comes back unchanged."""
    if not (text.startswith('"') and text.endswith('"')):
        return text
    try:
        return str(json.loads(text))
    except ValueError:
        return text
