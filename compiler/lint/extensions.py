"""Signs of extensions that read a prompt before A1111 does, and give brackets another meaning."""

import re

_NEUTRAL_PROMPT = re.compile(r"\bAND_[A-Z]+\b")


def nests_compositions(source: str) -> bool:
    """Whether the prompt is for sd-webui-neutral-prompt, which composes inside square brackets."""
    return "AND_" in source and _NEUTRAL_PROMPT.search(source) is not None
