"""``mezzotint diff``."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from mezzotint.cli.options import json_option
from mezzotint.cli.pixels import distance
from mezzotint.cli.program_lines import Change, changes
from mezzotint.cli.sides import Side, differing, read_side
from mezzotint.cli.terminal import print_json
from mezzotint.grammar.diagnostics import printable
from mezzotint.runtime.compare import Difference, compare, open_picture

_MAX_SHOWN = 200  # characters of a value
_MAX_CHANGES = 200  # lines of a comparison of programs
_COLOURS = {"-": "red", "+": "green"}

Facts = list[tuple[str, str | None, str | None]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two files.

    Attributes:
        program: lines of the compiled prompts that only one has.
        settings: name, value of the first, value of the second.
        record: the same of what Mezzotint wrote beside the infotext.
        pixels: ``None`` unless both are pictures.
        notes: what could not be compared, in words.
    """

    program: list[Change]
    settings: Facts
    record: Facts
    pixels: Difference | None
    notes: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        """Whether nothing differs, as far as it could be compared."""
        same_pixels = self.pixels is None or self.pixels.is_none
        return same_pixels and not (self.program or self.settings or self.record or self.notes)


@click.command("diff")
@click.argument("first", type=click.Path(path_type=Path), metavar="A")
@click.argument("second", type=click.Path(path_type=Path), metavar="B")
@json_option
@click.pass_context
def diff_command(ctx: click.Context, first: Path, second: Path, as_json: bool) -> None:
    """Compare what two pictures mean, how they were made, and their pixels.

    A and B are pictures of any program, or text files that hold an infotext. Prompts are compiled and
    compared by what acts in which steps with which weight: two spellings of the same are no difference.
    Where a picture has a record of Mezzotint, program and settings are the record's.

    Exit status: 0 the same, 1 different, 2 a file cannot be read.
    """
    sides = read_side(first), read_side(second)
    found = _compared(*sides)
    if as_json:
        print_json({"files": [str(first), str(second)], **_row(found)})
    else:
        for line in _shown(found, *sides):
            click.echo(line)
    ctx.exit(0 if found.is_same else 1)


def _compared(first: Side, second: Side) -> Comparison:
    problems = first.problem, second.problem
    # Two pictures that say nothing have nothing else to compare; one alone is a difference to tell of.
    silent = first.program is None and second.program is None and problems[0] == problems[1]
    notes = () if silent else tuple(f"{s.name}: {s.problem}" for s in (first, second) if s.problem)
    program: list[Change] = []
    if first.program is not None and second.program is not None:
        program, is_whole = changes(first.program, second.program)
        notes = notes if is_whole else (*notes, "the prompts are too long to be compared to their end")
    return Comparison(
        program,
        differing(first.settings, second.settings),
        differing(first.record, second.record) if first.record and second.record else [],
        _pixels(first, second),
        notes,
    )


def _pixels(first: Side, second: Side) -> Difference | None:
    if not (first.is_picture and second.is_picture):
        return None
    return compare(open_picture(first.name), open_picture(second.name))


def _row(found: Comparison) -> dict[str, object]:
    return {
        "same": found.is_same,
        "program": [
            {
                "sign": change.sign,
                "in": list(change.line.above),
                "steps": change.line.steps,
                "text": change.line.text,
            }
            for change in found.program
        ],
        "settings": {name: [one, other] for name, one, other in found.settings},
        "record": {name: [one, other] for name, one, other in found.record},
        "pixels": None if found.pixels is None else _pixel_row(found.pixels),
        "notes": list(found.notes),
    }


def _pixel_row(found: Difference) -> dict[str, object]:
    return {
        "sizes": [list(size) for size in found.sizes],
        "max_difference": found.levels,
        "differing_values": found.bytes,
        "values": found.total,
        "psnr": None if math.isinf(found.psnr) else found.psnr,
        "ssim": found.ssim,
    }


def _shown(found: Comparison, first: Side, second: Side) -> Iterator[str]:
    if found.is_same:
        yield f"{printable(first.name)} and {printable(second.name)} are the same"
        return
    yield from (
        click.style(f"{sign} {printable(side.name)}", bold=True) for sign, side in _named(first, second)
    )
    yield from (f"note: {printable(note)}" for note in found.notes)
    yield from _program_shown(found.program)
    for title, facts in (("settings", found.settings), ("record", found.record)):
        if facts:
            yield click.style(title, bold=True)
            for name, one, other in facts:
                yield f"  {printable(name)}: {_value(one)} -> {_value(other)}"
    if found.pixels is not None:
        yield f"{click.style('pixels', bold=True)}  {_sentence(found.pixels)}"


def _named(first: Side, second: Side) -> Iterator[tuple[str, Side]]:
    yield "---", first
    yield "+++", second


def _program_shown(found: list[Change]) -> Iterator[str]:
    above: tuple[str, ...] = ()
    for change in found[:_MAX_CHANGES]:
        place = (*change.line.above, *filter(None, (change.line.steps,)))
        if place != above:
            above = place
            yield click.style(", ".join(above), bold=True)
        text = f"{change.sign} {_cut(change.line.text)}"
        yield f"  {click.style(text, fg=_COLOURS[change.sign])}"
    if len(found) > _MAX_CHANGES:
        yield f"  … and {len(found) - _MAX_CHANGES} more lines"


def _value(value: str | None) -> str:
    return "nothing" if value is None else _cut(value)


def _cut(text: str) -> str:
    text = printable(text[: _MAX_SHOWN + 1])
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}…"


def _sentence(found: Difference) -> str:
    (width, height), other = found.sizes
    if found.is_none:
        return f"all {width}x{height} are the same"
    if (width, height) != other:
        return f"{width}x{height} -> {other[0]}x{other[1]}"
    return f"{100 * found.share:.3g} % of the values differ, {distance(found)}"
