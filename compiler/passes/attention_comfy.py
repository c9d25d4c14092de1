"""Weights as ComfyUI reads them: ``(text)``, ``(text:1.3)``, and nothing else.

A number replaces the weight around it, and square brackets are text. A bracket that is never closed
makes the rest of its text plain; one that was never opened does so, too.

Source: behaviour of ComfyUI a125cd84, ``comfy/sd1_clip.py`` (``token_weights``).
"""

import re
from collections.abc import Iterator

from mezzotint.compiler.ir import Segment
from mezzotint.grammar.span import Span

UP_WEIGHT = 1.1

_BRACKET = re.compile(r"(?<!\\)[()]")
_ESCAPE = re.compile(r"\\([()])")


def attention_comfy(text: str) -> tuple[Segment, ...]:
    """The weighted segments of a prompt; any text has some reading.

    Weights are what ``float`` reads: negative, infinite and NaN ones pass.
    """
    reader = _Reader(text)
    found: list[Segment] = []
    waiting = [(0, len(text), 1.0, False)]
    while waiting:
        start, end, weight, is_plain = waiting.pop()
        if is_plain:
            found.append(Segment(_ESCAPE.sub(r"\1", text[start:end]), weight, Span(start, end)))
        else:
            waiting += reversed([reader.open(*item, weight) for item in reader.items(start, end)])
    return tuple(found)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.brackets = [found.start() for found in _BRACKET.finditer(text)]
        self.order = {at: i for i, at in enumerate(self.brackets)}
        self.partner: dict[int, int] = {}
        opened: list[int] = []
        for at in self.brackets:
            if text[at] == "(":
                opened.append(at)
            elif opened:
                self.partner[opened.pop()] = at

    def items(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The groups of a range and the texts between them."""
        cut, depth = start, 0  # a group is passed in one step, so that the depth is never above 0
        i = self._first(start, end)
        while i < len(self.brackets) and (at := self.brackets[i]) < end:
            if self.text[at] == ")":
                depth -= 1
            elif depth < 0:
                depth += 1
            else:
                if cut < at:
                    yield cut, at
                cut = at
                close = self.partner.get(at, end)
                if close >= end:
                    break
                yield at, close + 1
                cut, i = close + 1, self.order[close]
            i += 1
        if cut < end:
            yield cut, end

    def _first(self, start: int, end: int) -> int:
        found = _BRACKET.search(self.text, start, end)
        return self.order[found.start()] if found else len(self.brackets)

    def open(self, start: int, end: int, weight: float) -> tuple[int, int, float, bool]:
        """An item as a text, or as the range inside a group with its weight."""
        last = end - 1
        if not (start < last and self._is_bracket(start, "(") and self._is_bracket(last, ")")):
            return start, end, weight, True
        colon = self.text.rfind(":", start + 1, last)
        if colon > start + 1:
            try:
                return start + 1, colon, float(self.text[colon + 1 : last]), False
            except ValueError:
                pass  # the colon is text
        return start + 1, last, weight * UP_WEIGHT, False

    def _is_bracket(self, at: int, kind: str) -> bool:
        return at in self.order and self.text[at] == kind
