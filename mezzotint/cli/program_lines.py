"""Two programs as lists of lines, and the lines that only one of them has."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import dropwhile, islice, zip_longest

from mezzotint.cli.programs import named_branches, passes
from mezzotint.compiler.ir import Branch, Break, Entry, Network, Program

MAX_LINES = 5_000  # of each program, from the first on that differs
MAX_EQUAL = 1_000_000  # that are looked through for it
_MAX_ALIGNED = 1_000_000  # pairs of lines: aligning takes the product


@dataclass(frozen=True, slots=True)
class Line:
    """A part of a program.

    Attributes:
        above: the headings that it stands under, outermost first.
        text: what it says; a stranger's.
        steps: when that is in force. Whatever else differs, other steps are one change and not many.
    """

    above: tuple[str, ...]
    text: str
    steps: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Change:
    """A line that only one of two programs has; ``sign`` is ``-`` for the first and ``+`` for the second."""

    sign: str
    line: Line


def program_lines(program: Program) -> Iterator[Line]:
    """A program as lines: each branch, each stretch of steps, each part between commas with its weight."""
    for name, one in passes(program):
        above = (name,) if name else ()
        for label, branch in named_branches(one):
            yield from _branch_lines((*above, label), branch)
        for network in one.networks:
            yield Line((*above, "networks"), _network_text(network))


def _branch_lines(above: tuple[str, ...], branch: Branch) -> Iterator[Line]:
    yield Line(above, f"weight {branch.weight:g}")
    start = 1
    for entry in branch.timeline:
        steps = ""
        if len(branch.timeline) > 1:
            steps = f"steps {start}-{entry.end_step}"
            yield Line(above, steps)
        for text in _parts(entry):
            yield Line(above, text, steps)
        start = entry.end_step + 1


def _parts(entry: Entry) -> Iterator[str]:
    for piece in entry.pieces:
        if isinstance(piece, Break):
            yield "BREAK"
            continue
        for part in filter(str.strip, piece.text.split(",")):
            yield f"{part.strip()!r} at weight {piece.weight:g}"


def _network_text(network: Network) -> str:
    named = [f"{key}={value}" for key, value in network.named]
    return f"{network.kind} {', '.join([*network.positional, *named])}"


def changes(first: Program, second: Program) -> tuple[list[Change], bool]:
    """The lines that it takes to make the second program of the first, in order.

    Returns:
        The changes, and whether they are all of them: very long programs are not compared to the end.
    """
    pairs = zip_longest(program_lines(first), program_lines(second))
    rest = list(islice(dropwhile(_is_equal, islice(pairs, MAX_EQUAL)), MAX_LINES))
    before = [line for line, _ in rest if line is not None]
    after = [line for _, line in rest if line is not None]
    is_whole = next(pairs, None) is None
    if len(before) * len(after) > _MAX_ALIGNED:
        return [*(Change("-", line) for line in before), *(Change("+", line) for line in after)], is_whole
    found = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            found += [Change("-", line) for line in before[a:b]]
            found += [Change("+", line) for line in after[c:d]]
    return found, is_whole


def _is_equal(pair: tuple[Line | None, Line | None]) -> bool:
    return pair[0] == pair[1]
