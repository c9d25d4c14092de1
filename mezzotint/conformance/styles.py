"""The suite of styles, whose first row is the style database."""

from mezzotint.compiler.passes.styles import apply_styles, extract_styles
from mezzotint.conformance.result import Result, Row, Skip, Source
from mezzotint.grammar.styles.styles import Style, choose_styles


class StyleCheck:
    """Merging named styles into a prompt pair, and finding them in one."""

    def __init__(self, _source: Source) -> None:
        self._known: list[Style] = []

    def __call__(self, row: Row) -> Result | Skip:
        """Run one row."""
        if row["kind"] == "style_db":
            self._known = [Style(*style) for style in row["styles"]]
            return Skip.NO_CASE
        if row["kind"] == "apply":
            chosen = choose_styles(self._known, row["styles"])
            got = [*apply_styles(row["prompt"], row["prompt"], chosen)]
            expected = [row["out"], row["neg_out"]]
        else:
            found = extract_styles(row["prompt"], row["negative"], self._known)
            got = [*found.names, found.prompt, found.negative_prompt]
            expected = [*row["styles"], row["prompt_out"], row["negative_out"]]
        return Result(expected, got, expected == got)
