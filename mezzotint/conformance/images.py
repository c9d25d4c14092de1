"""The suite of picture files: what the reference reads from them."""

from pathlib import Path

from mezzotint.conformance.result import Check, Result, Row, Source
from mezzotint.runtime.metadata.read import read


def images(source: Source) -> Check:
    """The infotext of each file, garbage where the reference reads garbage."""

    def check(row: Row) -> Result:
        path = Path(row["file"])
        got = read(source.path.parent / path.parent.name / path.name, like_reference=True).parameters
        expected = row["read"]["geninfo"]
        return Result(expected, got, expected == got)

    return check
