"""What programs and people do to infotexts, and how to read them all the same.

Each repair has a name in ``docs/metadata.md`` and a note that tells the user of it.
"""

import re
from typing import NamedTuple

from mezzotint.grammar.infotext.lexer import NEGATIVE
from mezzotint.grammar.infotext.text import split

BELOW = "the settings are not the last line alone; they are read as they were probably meant"
FEW = "there are fewer than three settings, which A1111 reads as a part of the prompt"
ONE_LINE = "prompt and settings stand on one line; they are parted where they probably were"
HEADING = 'the first line, "parameters", is taken for a heading'
TEMPLATE = "SD.Next's template, which stands in the negative prompt, is taken out of it"

_LABEL = "Parameters: "  # of texts copied from galleries
_PROMPT = "Prompt: "  # the same
_HEADING = re.compile(r"\s*parameters:?[ \t]*\r?\n")  # of those copied from the reference's "PNG Info"
_LINE = re.compile(rf"^(?:{_LABEL})?Steps: ?\d", re.MULTILINE)
_INSIDE = re.compile(r"(?<=[\s,.])Steps: ?\d{1,5}, ?[A-Z][\w ]{1,40}: ")
_SETTINGS = "\nSteps: 1, Sampler: Euler, Seed: 1"
_KEY = re.compile(r", ?\w[\w /-]+:(?: |$)")
_TEMPLATE = re.compile(r"(?:^|\n)Template: ?")


class Parts(NamedTuple):
    """Prompt, negative prompt and the line of the settings, and what was done to find them."""

    prompt: str
    negative_prompt: str
    line: str
    note: str


def without_heading(text: str) -> str | None:
    """The text below its heading; None when it has none."""
    match = _HEADING.match(text)
    return text[match.end() :] if match else None


def take_apart(text: str) -> Parts | None:
    """A text that the reference finds no steps in; None when it has none."""
    lines = [match.start() for match in _LINE.finditer(text)]
    if lines:
        (prompt, negative), tail = _prompts(text[: lines[-1]]), text[lines[-1] :]
        is_labelled = tail.startswith(_LABEL)
        if is_labelled:
            prompt, tail = prompt.removeprefix(_PROMPT), tail.removeprefix(_LABEL)
        return Parts(prompt, negative, _joined(tail), BELOW if "\n" in tail.strip() or is_labelled else FEW)
    inside = [match.start() for match in _INSIDE.finditer(text)]
    if not inside:
        return None
    prompt, negative = _prompts(text[: inside[-1]])
    if not negative:
        prompt, _, negative = prompt.partition(NEGATIVE)
    return Parts(prompt.strip(), negative.strip(), _joined(text[inside[-1] :]), ONE_LINE)


def _prompts(head: str) -> tuple[str, str]:
    """The prompts above the settings; settings of our own keep the last line from being taken for some."""
    return split(head.removesuffix("\n") + _SETTINGS)[:2]


def _joined(tail: str) -> str:
    """Lines of settings as one: those that are cut in the middle of a word, a value or a quote are whole."""
    pieces: list[str] = []
    is_quoted = False
    for line in filter(None, map(str.strip, tail.split("\n"))):
        if pieces:
            pieces.append(_between(pieces[-1], line, is_quoted=is_quoted))
        pieces.append(line)
        is_quoted ^= line.count('"') % 2 == 1
    return "".join(pieces)


def _between(before: str, behind: str, *, is_quoted: bool) -> str:
    """What stood between two lines before they were broken apart."""
    if is_quoted:
        return "" if before.endswith("-") else " "
    last = before.rpartition(",")[2]
    is_open = ":" not in last or last.endswith(":")
    # A line without a key begins with the rest of a value, if more settings follow; else it is a remark.
    goes_on = ":" not in behind.partition(",")[0] and _KEY.search(behind) is not None
    return " " if is_open or goes_on else ", "


def without_template(negative: str) -> tuple[str, str] | None:
    """A negative prompt of SD.Next and the template that stood behind it; None when there is none."""
    match = _TEMPLATE.search(negative)
    return (negative[: match.start()], negative[match.end() :]) if match else None
