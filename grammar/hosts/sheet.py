"""Style sheets: their cells, and the texts of their styles among them."""

from collections.abc import Sequence
from functools import partial

from mezzotint.grammar.hosts.host import Leaf, Literal, Passage, Spelling
from mezzotint.grammar.styles.nodes import Cell, Quote, Row
from mezzotint.grammar.styles.parser import parse_sheet
from mezzotint.grammar.styles.styles import columns_of, is_comment

_NEEDS_QUOTES = frozenset(',"\r\n')


def read_sheet(source: str) -> list[Leaf]:
    """Each cell, by the number of its row and that of its column."""
    return [
        Leaf((str(number), str(column)), cell.value, _literal(cell))
        for number, row in enumerate(parse_sheet(source).rows)
        for column, cell in enumerate(row.cells if isinstance(row, Row) else ())
    ]


def _literal(cell: Cell) -> Literal:
    is_quoted = any(isinstance(part, Quote) for part in cell.parts)
    return Literal(cell.content_span, cell.map, _QUOTED if is_quoted else _PLAIN)


def _plain(text: str) -> str | None:
    return None if _NEEDS_QUOTES & set(text) else text


def _doubled(text: str) -> str:
    return text.replace('"', '""')


def _spelled(text: str, *, is_quoted: bool) -> str:
    """A cell as the csv module would write it."""
    needs = is_quoted or _plain(text) is None or text.startswith(" ")
    return f'"{_doubled(text)}"' if needs else text


_QUOTED = Spelling(_doubled, partial(_spelled, is_quoted=True))
_PLAIN = Spelling(_plain, partial(_spelled, is_quoted=False))


def style_passages(source: str, leaves: Sequence[Leaf]) -> list[Passage]:
    """The prompts of the styles in a sheet; empty ones are left out.

    Raises:
        StyleSheetError: the text is no style sheet.
    """
    sheet = parse_sheet(source)
    if not sheet.rows:
        return []
    name, prompt, negative = columns_of(sheet)
    cells = {leaf.path: (index, leaf) for index, leaf in enumerate(leaves)}
    found = []
    for number in range(1, len(sheet.rows)):
        _, named = cells.get((str(number), str(name)), (0, None))
        if named is not None and is_comment(named.value):
            continue
        for column, is_negative in ((prompt, False), (negative, True)):
            index, leaf = cells.get((str(number), str(column)), (0, None))
            if leaf is not None and leaf.literal is not None and leaf.value:
                found.append(Passage(leaf.value, leaf.literal, is_negative, index))
    return found
