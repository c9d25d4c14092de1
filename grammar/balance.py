"""Which bracket belongs to which, and what a pair of brackets means.

Gives every token of a branch its kind in ``prompt.lark``. A bracket without a partner becomes STRAY;
a well-formed ``[a:b:3]`` or ``[a|b]`` becomes a schedule or an alternation; any other pair is emphasis.
One pass with a stack, so linear in the number of tokens.

Where brackets are broken the reference's own result depends, for some texts, on the hash seed of
the process; here a stray bracket is always taken alone, which keeps the schedules beside it working.
"""

from mezzotint.grammar.lalr import Token
from mezzotint.grammar.words import WEIGHT, WHEN

MAX_DEPTH = 100
"""Pairs nested deeper than this stay plain text in the tree, so that no walk of it can overflow."""

_TRIVIA = ("COMMENT", "NETWORK")
_CLOSES = {")": "(", "]": "["}


class _Frame:
    """An open bracket: its token's place, and the places of the colons and bars directly inside."""

    __slots__ = ("bars", "bracket", "colons", "index")

    def __init__(self, bracket: str, index: int) -> None:
        self.bracket, self.index = bracket, index
        self.colons: list[int] = []
        self.bars: list[int] = []


class Balancer:
    """Classifies the tokens of one branch; ``schedulable`` tells whether its schedules act."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.stack: list[_Frame] = []
        self.broken = 0  # frames below this depth contain something stray: never well-formed
        self.schedulable = True

    def run(self) -> list[Token]:
        """The tokens with their final kinds; the text that they cover is unchanged."""
        for index, token in enumerate(self.tokens):
            if token.kind == "MARK":
                self._mark(index, token.text)
            elif token.kind == "STRAY":  # a backslash with nothing to escape: the reference gives up
                self._stray(index)
                self.schedulable = False
        while self.stack:
            self._abandon(self.stack.pop())
        return [t for t in self.tokens if t.kind != "_GONE"]

    def _mark(self, index: int, mark: str) -> None:
        if mark in "([":
            self.stack.append(_Frame(mark, index))
        elif mark in ")]":
            self._close(index, _CLOSES[mark])
        elif mark == ":":
            self._retype(index, "TEXT")
            if self.stack:
                self.stack[-1].colons.append(index)
        else:
            self._retype(index, "STRAY")
            if self.stack:
                self.stack[-1].bars.append(index)
            else:
                self.schedulable = False

    def _close(self, index: int, opener: str) -> None:
        if not any(frame.bracket == opener for frame in reversed(self.stack[-MAX_DEPTH:])):
            self._stray(index)
            return
        while self.stack[-1].bracket != opener:
            self._abandon(self.stack.pop())
        frame = self.stack.pop()
        clean = len(self.stack) >= self.broken
        self.broken = min(self.broken, len(self.stack))
        if len(self.stack) >= MAX_DEPTH:
            self._retype(frame.index, "TEXT")
            self._retype(index, "TEXT")
            self.schedulable = self.schedulable and not frame.bars
        elif opener == "(":
            self._round(frame, index, clean)
        else:
            self._square(frame, index, clean)

    def _round(self, frame: _Frame, close: int, clean: bool) -> None:
        self._retype(frame.index, "ROUND_OPEN")
        self._retype(close, "ROUND_CLOSE")
        if frame.colons and WEIGHT.fullmatch(self._tail(frame.colons[-1], close)):
            self._join(frame.colons[-1], close, "WEIGHT")
        if frame.bars:
            self.schedulable = False
        if not clean or frame.bars or len(frame.colons) > 1:
            self.broken = len(self.stack)

    def _square(self, frame: _Frame, close: int, clean: bool) -> None:
        colons, bars = frame.colons, frame.bars
        if clean and bars and not colons:
            self._retype(frame.index, "ALTERNATION_OPEN")
            self._retype(close, "ALTERNATION_CLOSE")
            for bar in bars:
                self._retype(bar, "_ALTERNATION_BAR")
        elif clean and not bars and len(colons) in (1, 2) and WHEN.fullmatch(self._tail(colons[-1], close)):
            self._retype(frame.index, "SCHEDULE_OPEN")
            self._retype(close, "SCHEDULE_CLOSE")
            self._join(colons[-1], close, "WHEN")
            if len(colons) == 2:
                self._retype(colons[0], "_SCHEDULE_COLON")
        else:
            self._retype(frame.index, "SQUARE_OPEN")
            self._retype(close, "SQUARE_CLOSE")
            self.schedulable = self.schedulable and not bars
            if not clean or bars or colons:
                self.broken = len(self.stack)

    def _tail(self, colon: int, close: int) -> str:
        """The plain text between a colon and the closing bracket, or what matches no number."""
        between = self.tokens[colon + 1 : close]
        if any(token.kind != "TEXT" and token.kind not in _TRIVIA for token in between):
            return "?"
        return "".join(token.text for token in between if token.kind == "TEXT")

    def _join(self, colon: int, close: int, kind: str) -> None:
        """Make one token of a colon and the number behind it, with what stands around the number."""
        mark, *others = self.tokens[colon:close]
        mark.kind, mark.text = kind, "".join([mark.text, *(token.text for token in others)])
        for token in others:
            token.kind = "_GONE"

    def _abandon(self, frame: _Frame) -> None:
        """An opener that nothing closes."""
        self._stray(frame.index)
        self.schedulable = self.schedulable and not frame.bars

    def _stray(self, index: int) -> None:
        self._retype(index, "STRAY")
        self.broken = len(self.stack)

    def _retype(self, index: int, kind: str) -> None:
        self.tokens[index].kind = kind
