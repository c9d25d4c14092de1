"""The laws of reading and writing on the reference's own infotexts."""

import pytest

from mezzotint.conformance.result import Row
from mezzotint.conformance.suite import SHIPPED, read_rows
from mezzotint.grammar.infotext.text import parse, render

ROWS = list(read_rows(SHIPPED / "infotext_parse.jsonl"))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row["id"]))
def test_rendering_a_record_keeps_it(row: Row) -> None:
    record = parse(row["text"])
    assert parse(render(record)) == record
