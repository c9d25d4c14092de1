"""Styles read from a sheet, and written to one.

Source: behaviour of stable-diffusion-webui v1.10.1, ``modules/styles.py``.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field

from mezzotint.grammar.errors import MezzotintError
from mezzotint.grammar.span import Span
from mezzotint.grammar.styles.lexer import MARK
from mezzotint.grammar.styles.nodes import Cell, Row, Sheet
from mezzotint.grammar.styles.parser import parse_sheet
from mezzotint.grammar.text_map import TextMap

COLUMNS = ("name", "prompt", "negative_prompt")
_OLD_PROMPT = "text"  # its column in sheets of 2022
_COMMENT = "#"


class StyleSheetError(MezzotintError):
    """A file is no style sheet."""


@dataclass(frozen=True, slots=True)
class Style:
    """A named pair of texts, equal whatever sheet they stand in.

    ``span`` is the style's row in its sheet; the maps tell where the characters of the texts stand.
    """

    name: str
    prompt: str = ""
    negative_prompt: str = ""
    span: Span = field(default=Span(0, 0), compare=False, repr=False)
    name_map: TextMap = field(default=TextMap(), compare=False, repr=False)
    prompt_map: TextMap = field(default=TextMap(), compare=False, repr=False)
    negative_map: TextMap = field(default=TextMap(), compare=False, repr=False)


def read_styles(text: str) -> tuple[Style, ...]:
    """The styles of a sheet in its order, same names included; comments and blank lines are left out.

    A cell that a row lacks counts as empty; the reference fails when such a style is used.

    Raises:
        StyleSheetError: the first line names no column ``name`` or none that holds prompts.
    """
    sheet = parse_sheet(text)
    if not sheet.rows:
        return ()
    columns = columns_of(sheet)
    rows = [row for row in sheet.rows[1:] if isinstance(row, Row)]
    styles = (_style(row, columns) for row in rows)
    return tuple(style for style in styles if not is_comment(style.name))


def is_comment(name: str) -> bool:
    """Whether a row with this name is none of the styles."""
    return name.startswith(_COMMENT)


def columns_of(sheet: Sheet) -> tuple[int, int, int | None]:
    """Where names, prompts and negative prompts stand; of columns with one name the last counts.

    Raises:
        StyleSheetError: the first line names no column ``name`` or none that holds prompts.
    """
    first = sheet.rows[0]
    header = {cell.value: index for index, cell in enumerate(first.cells)} if isinstance(first, Row) else {}
    name = header.get(COLUMNS[0])
    prompt = header.get(COLUMNS[1], header.get(_OLD_PROMPT))
    if name is None or prompt is None:
        raise StyleSheetError(f"this is no style sheet; its first line must be {','.join(COLUMNS)}")
    return name, prompt, header.get(COLUMNS[2])


def _style(row: Row, columns: tuple[int, int, int | None]) -> Style:
    end = row.span.end - len(row.end)
    absent = Cell((), span=Span(end, end))
    cells = [absent if at is None or at >= len(row.cells) else row.cells[at] for at in columns]
    name, prompt, negative = (cell.value for cell in cells)
    return Style(name, prompt, negative, row.span, *(cell.map for cell in cells))


def choose_styles(styles: Iterable[Style], names: Iterable[str]) -> tuple[Style, ...]:
    """The styles of these names; the last one of a name counts, and an unknown name is an empty style."""
    known = {style.name: style for style in styles}
    return tuple(known.get(name, Style(name)) for name in names)


def render_styles(styles: Iterable[Style]) -> str:
    """The sheet as the reference writes it: a byte order mark, a header, CRLF.

    What it cannot hold: spaces before a text, names that begin with ``#``.
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(COLUMNS)
    writer.writerows((style.name, style.prompt, style.negative_prompt) for style in styles)
    return MARK + stream.getvalue()
