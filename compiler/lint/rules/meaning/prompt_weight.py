"""MZ201 prompt-weight

What it does: finds a prompt without ``AND`` that ends in a colon and a number.
Why it is bad: the number is taken for the weight of the whole prompt, and multiplies the CFG scale.
Evidence: in stable-diffusion-webui v1.10.1 ``a clock showing 10:30`` is the text "a clock showing 10" at 30
    times the CFG scale; a comma behind the number is enough to keep it as text.
Catalogue: PW105
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.context import A1111_LANGUAGE
from mezzotint.compiler.lint.registry import Edit, Found, Remedy, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Diagnostic, Severity
from mezzotint.grammar.nodes import Stray
from mezzotint.grammar.span import Span


def check(subject: Subject) -> Iterator[Found]:
    """Yield a finding if the only branch carries a weight."""
    if len(subject.tree.branches) != 1:
        return
    weight = subject.tree.branches[0].weight
    is_open = any(isinstance(node, Stray) and node.value in "([" for node in subject.nodes.get("Stray", ()))
    if weight:
        yield Found(
            f"the prompt ends in a weight: it multiplies the CFG scale by {weight.number:g}",
            weight.span,
            "close the bracket behind the number" if is_open else "add a comma behind it, or reword it",
        )


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """A comma makes it text."""
    end = diagnostic.span.start + len(subject.text(diagnostic.span).rstrip())
    yield Span(end, end), ","


RULE = Rule(
    "MZ201",
    "prompt-weight",
    check,
    since="0.1.0",
    dialects=A1111_LANGUAGE,
    severity=Severity.ERROR,
    remedy=Remedy(edits=edits, title="add a comma behind the number"),
    bad=("a clock showing 10:30", "poster, ratio 16:9", "a cat :2"),
    good=("a clock showing 10:30,", "a cat :2 AND a dog :0.8", "(a cat:1.2)", "10:30 on the clock"),
)
