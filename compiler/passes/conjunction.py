"""Split a positive prompt at the word ``AND`` into weighted branches."""

from mezzotint.compiler.passes.mapped import Mapped
from mezzotint.grammar.words import AND, find_branch_weight


def conjunction(text: Mapped) -> list[tuple[Mapped, float]]:
    """The branches and their weights; a prompt without ``AND`` is one branch and may end in a weight, too."""
    branches: list[tuple[Mapped, float]] = []
    start = 0
    for end, resume in [*(word.span() for word in AND.finditer(text.text)), (len(text.text), 0)]:
        branch = text.slice(start, end)
        cut, weight = find_branch_weight(branch.text)
        branches.append((branch.slice(0, cut), 1.0 if weight is None else weight))
        start = resume
    return branches
