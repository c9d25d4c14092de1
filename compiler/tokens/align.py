"""Which part of a raw text a part of its cleaned form came from."""

import unicodedata
from collections.abc import Callable

from mezzotint.grammar.span import Span

Place = Callable[[int, int], Span | None]


def align(raw: str, clean: str) -> Place:
    """A function from ranges of ``clean`` to ranges of ``raw``, or to ``None`` where none answers.

    Cleaning keeps most characters and replaces a few by a few others. A range inside a replaced part
    answers with all that was replaced.
    """
    if len(raw) == len(clean) and raw.lower() == clean:
        return Span
    from difflib import SequenceMatcher

    folded = "".join(map(_fold, raw))
    blocks = SequenceMatcher(None, clean, folded, autojunk=False).get_opcodes()
    starts, ends = [0] * len(clean), [0] * len(clean)
    for _, i, after, j, end in blocks:
        for at in range(i, after):
            same = after - i == end - j
            starts[at] = j + at - i if same else j
            ends[at] = starts[at] + 1 if same else end
        if i == after and clean[:i].endswith("&"):  # "&amp;" looks like "&" before something deleted
            ends[i - 1] = end

    def place(start: int, end: int) -> Span | None:
        span = Span(starts[start], ends[end - 1])
        return span if span.start < span.end else None

    return place


def _fold(letter: str) -> str:
    """The one letter that cleaning most likely makes of a letter; its length never changes."""
    folded = unicodedata.normalize("NFKC", letter).lower()
    return folded if len(folded) == 1 else letter
