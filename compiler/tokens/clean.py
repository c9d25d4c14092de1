"""What CLIP's tokenizers do to a text before they split it into words.

Source: transformers 4.30 ``CLIPTokenizer`` (the slow one, with ftfy) and open_clip 2.20
``SimpleTokenizer``, the two that stable-diffusion-webui v1.10.1 runs. Their white-space collapse is
left out: the word pattern skips white space of any kind and length.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

# ftfy leaves every other text as it is. Its import costs more than tokenizing a thousand prompts.
_NEEDS_FIX = re.compile(r"[^\t\n\f\r -%'-~]")


@cache
def _ftfy() -> Callable[[str], str]:
    import ftfy

    fix: Callable[[str], str] = ftfy.fix_text
    return fix


def fix_text(text: str) -> str:
    """Repair encoding, quotes, widths, entities and control characters as ftfy does."""
    return _ftfy()(text) if _NEEDS_FIX.search(text) else text


def fix_and_unescape(text: str) -> str:
    """:func:`fix_text`, then two rounds of HTML entities, which ftfy leaves alone next to a ``<``."""
    text = fix_text(text)
    if "&" not in text:
        return text
    from html import unescape

    return unescape(unescape(text))


@dataclass(frozen=True, slots=True)
class Cleaning:
    """How one family of tokenizers reads raw text.

    Attributes:
        fix: repairs the text; lower-casing follows.
        start: spelling of the mark that begins a text.
        end: spelling of the mark that ends a text.
        marks_first: the marks are cut out of the raw text, so that each part is repaired alone.
    """

    fix: Callable[[str], str]
    start: str
    end: str
    marks_first: bool


CLIP_L = Cleaning(fix_text, "<|startoftext|>", "<|endoftext|>", marks_first=True)
OPEN_CLIP = Cleaning(fix_and_unescape, "<start_of_text>", "<end_of_text>", marks_first=False)
