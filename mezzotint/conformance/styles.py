"""The suite of styles, whose first row is the style database."""

from collections.abc import Mapping

from mezzotint.compiler.passes.styles import styles
from mezzotint.conformance.result import Result, Row, Skip, Source


class StyleCheck:
    """Merging named styles into a prompt pair; finding them in one is not built."""

    def __init__(self, _source: Source) -> None:
        self._texts: Mapping[str, tuple[str, str]] = {}

    def __call__(self, row: Row) -> Result | Skip:
        """Run one row."""
        if row["kind"] == "style_db":
            self._texts = {name: (positive, negative) for name, positive, negative in row["styles"]}
            return Skip.NO_CASE
        if row["kind"] != "apply":
            return Skip.NOT_BUILT
        texts = [self._texts.get(name, ("", "")) for name in row["styles"]]
        got = [styles(row["prompt"], (text[side] for text in texts)) for side in (0, 1)]
        expected = [row["out"], row["neg_out"]]
        return Result(expected, got, expected == got)
