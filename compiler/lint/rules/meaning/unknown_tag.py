"""MZ224 unknown-tag

What it does: finds a tag that the model was not trained on, where a list of its tags is at hand.
Why it is bad: the words still act, as words, and not as the tag that was meant.
Evidence: models of the Illustrious and Pony kind learnt tags of image boards, spelt in one way only.
Catalogue: PT409
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.context import Context
from mezzotint.compiler.lint.registry import Example, Found, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.compiler.lint.tags import tags
from mezzotint.grammar.diagnostics import Severity


def check(subject: Subject) -> Iterator[Found]:
    """Yield one finding for each; nothing is checked without a list."""
    known = subject.context.tags
    if known is None:
        return
    for part in tags(subject.tree):
        for tag in part:
            if tag.name not in known:
                yield Found(f'"{tag.shown}" is no tag of the model', tag.span, "look for its right spelling")


_KNOWN = Context(tags={"1girl", "red hair"})

RULE = Rule(
    "MZ224",
    "unknown-tag",
    check,
    since="0.1.0",
    severity=Severity.INFO,
    is_default=False,
    bad=(Example("1girl, redhair", _KNOWN),),
    good=(Example("1girl, red_hair", _KNOWN), "1girl, redhair"),
)
