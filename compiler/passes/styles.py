"""Merge named styles into a prompt, the step before any other; and find those that were.

Source: behaviour of stable-diffusion-webui v1.10.1, ``modules/styles.py``.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from mezzotint.grammar.styles.nodes import Addition, Placeholder
from mezzotint.grammar.styles.parser import parse_template
from mezzotint.grammar.styles.styles import Style

_JOINT = ", "
_SIDES = 2  # of the one placeholder


def styles(prompt: str, texts: Iterable[str]) -> str:
    """The prompt with each style's text merged in, left to right.

    A text with ``{prompt}`` takes the prompt in, untrimmed, wherever that stands; any other is appended
    behind a comma. A missing style counts as an empty text, which still trims the prompt.
    """
    for text in texts:
        template = parse_template(text)
        if isinstance(template, Addition):
            prompt = _JOINT.join(part for part in (prompt.strip(), text.strip()) if part)
        else:
            parts = template.parts
            prompt = "".join(prompt if isinstance(part, Placeholder) else part.value for part in parts)
    return prompt


def apply_styles(prompt: str, negative_prompt: str, chosen: Iterable[Style]) -> tuple[str, str]:
    """Both prompts with the styles merged in, left to right."""
    chosen = tuple(chosen)
    return (
        styles(prompt, (style.prompt for style in chosen)),
        styles(negative_prompt, (style.negative_prompt for style in chosen)),
    )


@dataclass(frozen=True, slots=True)
class Extracted:
    """The styles found in a prompt pair, by name in the order of merging, and the pair without them."""

    names: tuple[str, ...]
    prompt: str
    negative_prompt: str


def extract_styles(prompt: str, negative_prompt: str, known: Iterable[Style]) -> Extracted:
    """Undo :func:`apply_styles`: take out every style of which both texts are there.

    The first style that matches is taken out, each once, until none does; so another order of the same
    styles, or a style that says what the user wrote, may be found instead of what was merged. A text with
    more than one placeholder is never found (the reference fails on it), nor is a style without texts.
    """
    left = list({style.name: style for style in known}.values())
    names: list[str] = []
    while found := next((hit for style in left if (hit := _without(style, prompt, negative_prompt))), None):
        style, prompt, negative_prompt = found
        left.remove(style)
        names.insert(0, style.name)
    return Extracted(tuple(names), prompt, negative_prompt)


def _without(style: Style, prompt: str, negative_prompt: str) -> tuple[Style, str, str] | None:
    """The style and the pair without it, if it is in both prompts."""
    if not style.prompt and not style.negative_prompt:
        return None
    positive = _extract(style.prompt, prompt)
    negative = _extract(style.negative_prompt, negative_prompt)
    return None if positive is None or negative is None else (style, positive, negative)


def _extract(text: str, prompt: str) -> str | None:
    """The prompt without a style's text, or ``None`` where that is not found; an empty text always is."""
    prompt, text = prompt.strip(), text.strip()
    template = parse_template(text)
    if isinstance(template, Addition):
        return prompt[: len(prompt) - len(text)].removesuffix(_JOINT) if prompt.endswith(text) else None
    if len(template.texts) != _SIDES:
        return None
    before, behind = template.texts
    if not prompt.startswith(before) or not prompt.endswith(behind):
        return None
    return prompt[len(before) : len(prompt) - len(behind)]
