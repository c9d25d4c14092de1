"""What a character of a prompt comes to: its weight, its tokens, its chunk, and when it is in force.

Everything is asked of the compiler's own passes, with the offset followed through them.
"""

from bisect import bisect_right
from functools import cached_property
from itertools import groupby, pairwise
from typing import NamedTuple

from mezzotint.compiler.ir import Piece, in_force
from mezzotint.compiler.lower import pieces, positive_text
from mezzotint.compiler.passes.attention import Run, scan
from mezzotint.compiler.passes.chunk import chunk
from mezzotint.compiler.passes.clock import Clock
from mezzotint.compiler.passes.comments import comments
from mezzotint.compiler.passes.conjunction import conjunction
from mezzotint.compiler.passes.mapped import Mapped
from mezzotint.compiler.passes.schedule import schedule
from mezzotint.compiler.tokens.clip import clip_tokenizer


class Entry(NamedTuple):
    """The text of a branch up to a step, see :class:`mezzotint.compiler.ir.Entry`."""

    end_step: int
    flat: Mapped


class Place(NamedTuple):
    """A character in one of the texts that the encoder reads.

    Attributes:
        branch: which of the composed prompts, from 0.
        entry: the first text of the branch that holds it.
        position: where in that text.
        evaluations: those at which a text with it is in force, from 1.
    """

    branch: int
    entry: Entry
    position: int
    evaluations: tuple[int, ...]


class InChunk(NamedTuple):
    """Where tokens stand: the chunk and the place of the first in it, both from 1, and their letters."""

    chunk: int
    chunks: int
    place: int
    tokens: tuple[str, ...]


class Reading:
    """A prompt laid out over some evaluations.

    Raises:
        PromptError: the prompt does not compile; also from its methods.
    """

    def __init__(self, prompt: str, *, negative: bool, steps: int) -> None:
        self.steps = steps
        text = comments(Mapped(prompt)) if negative else positive_text(prompt)[0]
        branches = [(text, 1.0)] if negative else conjunction(text)
        self.weights = [weight for _, weight in branches]
        clock = Clock(steps)
        self.branches = [[Entry(*one) for one in schedule(branch, clock)] for branch, _ in branches]
        self._runs: dict[str, list[Run]] = {}

    def find(self, offset: int) -> Place | None:
        """Where a character of the prompt goes; ``None`` if no encoder sees it."""
        for number, entries in enumerate(self.branches):
            found = [(entry, at) for entry in entries if (at := _position(entry.flat, offset)) is not None]
            if found:
                holding = {id(entry) for entry, _ in found}
                times = tuple(
                    i + 1 for i, entry in enumerate(self._timelines[number]) if id(entry) in holding
                )
                return Place(number, *found[0], times)
        return None

    @cached_property
    def _timelines(self) -> list[list[Entry]]:
        return [[in_force(entries, step) for step in range(self.steps)] for entries in self.branches]

    def weight(self, place: Place) -> float:
        """The weight that a character's token gets."""
        runs = self._scan(place.entry.flat.text)
        starts = [run.start for run in runs]
        return runs[max(0, bisect_right(starts, place.position) - 1)].weight

    def tokens(self, place: Place, length: int) -> InChunk | None:
        """The CLIP tokens of a word of some length at a place; ``None`` if it has none."""
        text = place.entry.flat.text
        at = sum(len(run.text) for run in scan(text[: place.position]))
        parts = pieces(place.entry.flat)
        for part, run in zip(parts, self._scan(text), strict=True):
            if at < len(run.text):
                return None if run.is_break else _locate(parts, part, at, length)
            at -= len(run.text)
        return None

    def _scan(self, text: str) -> list[Run]:
        if text not in self._runs:
            self._runs[text] = scan(text)
        return self._runs[text]


def _position(flat: Mapped, offset: int) -> int | None:
    """Where a character of the source stands in a text, if it was kept."""
    ends = [position for position, _ in flat.anchors[1:]] + [len(flat.text)]
    for (position, source), end in zip(flat.anchors, ends, strict=True):
        if source <= offset < source + end - position:
            return position + offset - source
    return None


def _locate(parts: tuple[Piece, ...], part: Piece, at: int, length: int) -> InChunk | None:
    """Where the tokens of a piece of ``part`` stand among the chunks of all parts."""
    text = getattr(part, "text", "")
    wanted = [
        index
        for index, token in enumerate(clip_tokenizer().tokens(text))
        if token.span and token.span.start < at + length and at < token.span.end
    ]
    chunks = chunk(parts, clip_tokenizer()).chunks
    own = [
        (number, place, token)
        for number, one in enumerate(chunks, 1)
        for place, (token, source) in enumerate(zip(one.tokens, one.sources, strict=True))
        if source is part
    ]
    if not wanted or wanted[-1] >= len(own):
        return None
    letters = tuple(clip_tokenizer().token_text(own[index][2]) for index in wanted)
    number, place, _ = own[wanted[0]]
    return InChunk(number, len(chunks), place, letters)


def ranges(numbers: tuple[int, ...]) -> str:
    """Ascending numbers in words: ``1-4, 9``; what comes at even distances as ``1, 3, 5 … 19``."""
    steps = {b - a for a, b in pairwise(numbers)}
    if len(numbers) > 3 and len(steps) == 1 and steps != {1}:
        return f"{numbers[0]}, {numbers[1]}, {numbers[2]} … {numbers[-1]}"
    runs = [[n for _, n in run] for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0])]
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
