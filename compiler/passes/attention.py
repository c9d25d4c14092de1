"""Emphasis: flat text to runs of equal weight, as the reference's attention parser reads it.

Source: behaviour of stable-diffusion-webui v1.10.1, ``modules/prompt_parser.py``. The two kinds of
bracket live on two independent stacks, so they may cross: ``(a [b) c]``.
"""

import re
from typing import NamedTuple

from mezzotint.grammar.diagnostics import Diagnostic, Severity
from mezzotint.grammar.errors import PromptError
from mezzotint.grammar.span import Span

ROUND_WEIGHT = 1.1
SQUARE_WEIGHT = 1 / 1.1
MAX_WORK = 30_000_000
"""Multiplications for one text, about a second. Only thousands of nested brackets with text behind each
need as many: each multiplies every run inside, in turn, since the last digit depends on the order."""
BREAK_TEXT = "BREAK"
BREAK_WEIGHT = -1

_TOKEN = re.compile(
    r"\\(?P<escaped>[()\[\]\\]?)"
    r"|(?P<round>\()|(?P<square>\[)"
    r"|:\s*(?P<weight>[+-]?[.\d]+)\s*\)"
    r"|(?P<close_round>\))|(?P<close_square>\])"
    r"|[^\\()\[\]:]+|:",
)
_BREAK = re.compile(r"\bBREAK\b")


class Run(NamedTuple):
    """Text at one weight; ``start`` and ``end`` delimit the flat text it was read from."""

    text: str
    weight: float
    start: int
    end: int

    @property
    def is_break(self) -> bool:
        """Whether the chunker takes it for a chunk break; brackets around a break undo it."""
        return self.text == BREAK_TEXT and self.weight == BREAK_WEIGHT


class _Scan:
    """The runs so far, their weights, and the positions where open brackets began.

    Brackets that close one behind the other with the same factor wait in ``closed`` and are applied together,
    which keeps a text of nothing but nested brackets linear.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.runs: list[Run] = []
        self.weights: list[float] = []
        self.round: list[int] = []
        self.square: list[int] = []
        self.closed: list[int] = []  # where each began
        self.factor = 1.0
        self.powers: dict[float, list[float]] = {}
        self.work = 0

    def add(self, text: str, weight: float, start: int, end: int) -> None:
        if self.closed:
            self.apply()
        self.runs.append(Run(text, weight, start, end))
        self.weights.append(weight)

    def multiply(self, since: int, factor: float) -> None:
        """A bracket that began before run ``since`` closes."""
        if self.closed and (factor != self.factor or factor == 0.0):  # 0.0 equals -0.0
            self.apply()
        self.factor = factor
        self.closed.append(since)

    def apply(self) -> None:
        """Multiply every run by the factor of the closed brackets, once for each that it stands in."""
        end = len(self.weights)
        starts = sorted(self.closed, reverse=True)
        for count, since in zip(range(len(starts), 0, -1), starts, strict=True):
            if since < end:
                self.count(end - since, since)
                self.weights[since:end] = [self.power(w, count) for w in self.weights[since:end]]
                end = since
        self.closed = []

    def power(self, weight: float, count: int) -> float:
        """``weight`` times the factor, ``count`` times in turn; the products of 1 are kept."""
        factor = self.factor
        if count == 1:
            return weight * factor
        if weight == 1.0:
            powers = self.powers.setdefault(factor, [1.0, factor])
            while len(powers) <= count and powers[-1] != powers[-2]:
                powers.append(powers[-1] * factor)
            return powers[min(count, len(powers) - 1)]
        left, before = count, None
        while left and (weight != before or factor < 0):  # zero and infinity stay, but may change sign
            before = weight
            weight *= factor
            left -= 1
        self.count(count - left, 0)
        return weight

    def count(self, multiplications: int, since: int) -> None:
        """Raise rather than go on for minutes."""
        self.work += multiplications
        if self.work > MAX_WORK:
            start = self.runs[since].start
            diagnostic = Diagnostic(
                "MZ005",
                "too many nested brackets to weigh",
                Span(start, start + 1),
                Severity.ERROR,
                "close brackets, or escape those that are meant as characters",
            )
            raise PromptError(diagnostic, self.text)

    def add_plain(self, start: int, end: int) -> None:
        """Plain text, split where the word BREAK stands; the space around it goes with it."""
        text, at = self.text, start
        for found in _BREAK.finditer(text, start, end):
            left, right = found.span()
            while left > at and text[left - 1].isspace():
                left -= 1
            while right < end and text[right].isspace():
                right += 1
            self.add(text[at:left], 1.0, at, left)
            self.add(BREAK_TEXT, BREAK_WEIGHT, *found.span())
            at = right
        self.add(text[at:end], 1.0, at, end)

    def take(self, token: re.Match[str]) -> None:
        start, end = token.span()
        match token.lastgroup:
            case "escaped":
                self.add(token["escaped"], 1.0, start, end)
            case "round":
                self.round.append(len(self.runs))
            case "square":
                self.square.append(len(self.runs))
            case "weight" if self.round:
                self.multiply(self.round.pop(), self.number(token))
            case "close_round" if self.round:
                self.multiply(self.round.pop(), ROUND_WEIGHT)
            case "close_square" if self.square:
                self.multiply(self.square.pop(), SQUARE_WEIGHT)
            case _:
                self.add_plain(start, end)

    def number(self, token: re.Match[str]) -> float:
        try:
            return float(token["weight"])
        except ValueError as error:
            diagnostic = Diagnostic(
                "MZ001",
                f'"{token["weight"]}" is not a number, so it cannot be a weight',
                Span(*token.span("weight")),
                Severity.ERROR,
                "write one number with at most one point, such as 1.2",
            )
            raise PromptError(diagnostic, self.text) from error


def scan(text: str) -> list[Run]:
    """Runs of text with their weights; adjacent runs of equal weight are one.

    Raises:
        PromptError: a weight such as ``1.2.3`` closes an open bracket, or brackets nest by the thousands;
            the span is into ``text``.
    """
    state = _Scan(text)
    for token in _TOKEN.finditer(text):
        state.take(token)
    for since in reversed(state.round):
        state.multiply(since, ROUND_WEIGHT)
    for since in reversed(state.square):
        state.multiply(since, SQUARE_WEIGHT)
    state.apply()
    merged: list[Run] = []
    for run, weight in zip(state.runs, state.weights, strict=True):
        if merged and merged[-1].weight == weight:
            last = merged[-1]
            merged[-1] = Run(last.text + run.text, weight, last.start, run.end)
        else:
            merged.append(run._replace(weight=weight))
    return merged or [Run("", 1.0, 0, 0)]


def attention(text: str) -> list[tuple[str, float]]:
    """The pairs of text and weight that the reference's parser returns, break markers included."""
    return [(run.text, run.weight) for run in scan(text)]
