"""MZ228 negative-label

What it does: finds ``Negative prompt:`` in a prompt that has no settings behind it.
Why it is bad: it is a label of infotexts only. In a prompt the words behind it are drawn like all others,
    so the picture shows what is unwanted.
Evidence: stable-diffusion-webui v1.10.1 looks for the label where a text is pasted with its arrow button, not
    where a picture is made.
"""

import re
from collections.abc import Iterator

from mezzotint.compiler.lint.context import Context
from mezzotint.compiler.lint.registry import Example, Found, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.span import Span

_LABEL = re.compile(r"\bNegative prompt:(?=\s*\S)")


def check(subject: Subject) -> Iterator[Found]:
    """Yield one finding, at the first label; infotexts have rules of their own."""
    if subject.negative or subject.context.is_executed:
        return
    if found := _LABEL.search(subject.visible):
        message = "no label here: what stands behind it is drawn, not avoided"
        help_ = "give it as the negative prompt, or add a line of settings"
        yield Found(message, Span(*found.span()), help_)


RULE = Rule(
    "MZ228",
    "negative-label",
    check,
    since="0.1.0",
    bad=("a cat\nNegative prompt: blurry", "a cat Negative prompt: blurry"),
    good=(
        "a negative prompt: none",
        "Negative prompt:",
        Example("a cat, Negative prompt: x", Context(is_executed=True)),
        Example("Negative prompt: blurry", negative=True),
    ),
)
