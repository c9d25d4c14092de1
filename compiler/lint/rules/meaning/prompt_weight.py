"""MZ201 prompt-weight

What it does: finds a prompt without ``AND`` that ends in a colon and a number.
Why it is bad: the number is taken for the weight of the whole prompt, and multiplies the CFG scale. A
    weight of 1 changes nothing; there only the number is lost.
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
    if weight is None:
        return
    # What is blank behind the number belongs to the weight, yet is not what to look at.
    start = weight.span.start
    span = Span(start, start + len(subject.text(weight.span).rstrip()))
    if weight.number == 1:
        message = "this number is taken for the weight of the whole prompt, and is not read as text"
        yield Found(message, span, _help(subject), Severity.INFO)
    else:
        message = f"the prompt ends in a weight: it multiplies the CFG scale by {weight.number:g}"
        yield Found(message, span, _help(subject))


def _help(subject: Subject) -> str:
    closing = _missing(subject)
    return f'close what is open: add "{closing}" behind the number' if closing else _COMMA


_COMMA = "add a comma behind it, or reword it"


def _missing(subject: Subject) -> str:
    """What closes the tag or the brackets that the number stands in."""
    if subject.source.rfind("<") > subject.source.rfind(">"):
        return ">"
    strays = [node for node in subject.nodes.get("Stray", ()) if isinstance(node, Stray)]
    return {"(": ")", "[": "]"}.get(strays[-1].value, "") if strays else ""


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """What closes the brackets, or a comma, which makes it text."""
    end = diagnostic.span.end
    yield Span(end, end), _missing(subject) or ","


RULE = Rule(
    "MZ201",
    "prompt-weight",
    check,
    since="0.1.0",
    dialects=A1111_LANGUAGE,
    severity=Severity.ERROR,
    remedy=Remedy(edits=edits, title="close the brackets, or add a comma behind the number"),
    bad=("a clock showing 10:30", "poster, ratio 16:9", "a cat :2"),
    good=("a clock showing 10:30,", "a cat :2 AND a dog :0.8", "(a cat:1.2)", "10:30 on the clock"),
)
