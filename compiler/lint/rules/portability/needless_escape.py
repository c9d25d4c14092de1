"""MZ314 needless-escape

What it does: finds an escaped bracket in a prompt whose encoder gets the text as it is written.
Why it is bad: the backslash is drawn.
Evidence: programs that give weights no meaning do not undo the escapes either (krita-ai-diffusion#953).
Catalogue: PS006
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.context import LLM_FAMILIES, Context
from mezzotint.compiler.lint.registry import Edit, Example, Found, Remedy, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Diagnostic, Severity
from mezzotint.grammar.nodes import Escape


def check(subject: Subject, node: Escape) -> Iterator[Found]:
    """Yield a finding for each escaped bracket."""
    if subject.context.model in LLM_FAMILIES and node.value[1] in "()[]":
        yield Found("no bracket needs a backslash here: it is drawn", node.span, "remove the backslash")


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """The bracket alone."""
    yield diagnostic.span, subject.text(diagnostic.span)[1:]


_QWEN = Context(family="qwen")

RULE = Rule(
    "MZ314",
    "needless-escape",
    check,
    since="0.1.0",
    severity=Severity.INFO,
    nodes=("Escape",),
    is_default=False,
    remedy=Remedy(edits=edits, title="remove the backslash"),
    bad=(Example(r"rem \(re:zero\)", _QWEN),),
    good=(r"rem \(re:zero\)", Example("a cat", _QWEN)),
)
