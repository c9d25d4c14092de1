"""Merge named styles into a prompt: the step before any other.

Source: behaviour of stable-diffusion-webui v1.10.1, ``modules/styles.py``.
"""

from collections.abc import Iterable

PLACEHOLDER = "{prompt}"


def styles(prompt: str, texts: Iterable[str]) -> str:
    """The prompt with each style's text merged in, left to right.

    A text with ``{prompt}`` takes the prompt in, untrimmed, wherever that stands; any other is appended
    behind a comma. A missing style counts as an empty text, which still trims the prompt.
    """
    for text in texts:
        if PLACEHOLDER in text:
            prompt = text.replace(PLACEHOLDER, prompt)
        else:
            prompt = ", ".join(part for part in (prompt.strip(), text.strip()) if part)
    return prompt
