"""MZ201 prompt-weight

What it does: finds a prompt without ``AND`` that ends in a colon and a number.
Why it is bad: the number is taken for the weight of the whole prompt, and multiplies the CFG scale.
Example: ``a clock showing 10:30``   Use instead: ``a clock showing 10:30,``
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.registry import Rule, Subject
from mezzotint.grammar.diagnostics import Diagnostic, Severity


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Yield a finding if the only branch carries a weight."""
    if subject.negative or len(subject.tree.branches) != 1:
        return
    weight = subject.tree.branches[0].weight
    if weight:
        yield Diagnostic(
            "MZ201",
            f"the prompt ends in a weight: it multiplies the CFG scale by {weight.number:g}",
            weight.span,
            Severity.ERROR,
            "add a comma behind the number, or reword it",
        )


RULE = Rule("MZ201", "prompt-weight", check, since="0.1.0")
