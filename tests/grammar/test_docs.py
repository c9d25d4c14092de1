"""The example in the documentation of the languages runs."""

import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs" / "grammar.md"


def test_the_example_runs() -> None:
    (example,) = re.findall(r"```python\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    exec(compile(example, str(DOCS), "exec"), {"__name__": "example"})  # noqa: S102 - our own file
