"""How often each code was found."""

from collections import Counter
from collections.abc import Iterator, Sequence

from mezzotint.cli.report.checked import Checked
from mezzotint.compiler.lint.selection import code_names


def lines(files: Sequence[Checked], unchecked: Sequence[str]) -> Iterator[str]:
    """A line for each code, the most frequent first; then the rules that were not checked."""
    found = Counter(one.code for file in files for one in file.diagnostics)
    for code, number in sorted(found.items(), key=lambda pair: (-pair[1], pair[0])):
        yield f"{number:6}  {code}  {code_names().get(code, '')}"
    if unchecked:
        yield f"not checked, as nothing is known that they need: {', '.join(unchecked)}"
