"""MZ502 negative-unused

What it does: finds a negative prompt with a CFG scale of 1.
Why it is bad: guidance of 1 takes the prompt alone; the negative prompt changes nothing.
Evidence: the result is negative + 1 x (prompt - negative), which is the prompt; Forge does not even encode
    the negative then.
Catalogue: PG602
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.registry import Found, Rule
from mezzotint.compiler.lint.setting import SETTINGS, decimal, find, template_line
from mezzotint.compiler.lint.subject import DocumentSubject
from mezzotint.grammar.span import Span

_OF_SECOND_PASS = ("Hires CFG Scale", "Hires CFG scale")


def check(subject: DocumentSubject) -> Iterator[Found]:
    """Yield a finding if there is a negative prompt and no guidance in either pass."""
    scale = find(subject, "CFG scale")
    text = subject.document.negative_prompt
    if scale is None or decimal(scale.value) != 1 or not text.strip() or template_line(subject):
        return
    if any(find(subject, key) for key in _OF_SECOND_PASS):
        return
    yield Found(
        "with a CFG scale of 1 the negative prompt changes nothing",
        subject.document.span(Span(0, len(text)), negative=True),
        "remove it, or raise the CFG scale",
    )


_ONE = SETTINGS.replace("CFG scale: 7", "CFG scale: 1")

RULE = Rule(
    "MZ502",
    "negative-unused",
    check,
    since="0.1.0",
    is_document=True,
    bad=(f"a cat\nNegative prompt: blurry\n{_ONE}",),
    good=(f"a cat\nNegative prompt: blurry\n{SETTINGS}", f"a cat\n{_ONE}"),
)
