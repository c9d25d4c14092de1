"""MZ408 unfilled-template

What it does: finds wildcards, choices and variables in a prompt that a picture was made from.
Why it is bad: they were drawn as they stand, since nothing filled them in.
Evidence: sd-dynamic-prompts#624: with the extension switched off, or a wildcard file missing, the template
    itself goes to the encoder.
Catalogue: PN314
"""

import re
from collections.abc import Iterator

from mezzotint.compiler.lint.context import Context
from mezzotint.compiler.lint.registry import Example, Found, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.span import Span

_TEMPLATE = re.compile(
    r"(?<![\w:])__[a-zA-Z][\w*/-]*__(?![\w:])|\$\{[^{}]+\}|(?<!\{)\{[^{}|]*+\|[^{}]*+\}(?!\})|\{prompt\}"
)


def check(subject: Subject) -> Iterator[Found]:
    """Yield one finding for each, where the prompt is known to be a picture's."""
    if subject.context.is_executed:
        for found in _TEMPLATE.finditer(subject.visible):
            yield Found(
                "this was not filled in: the picture was made from it as it stands",
                Span(*found.span()),
                "switch the extension on, or write what it should be",
            )


_EXECUTED = Context(is_executed=True)

RULE = Rule(
    "MZ408",
    "unfilled-template",
    check,
    since="0.1.0",
    bad=(
        Example("a __colour__ cat", _EXECUTED),
        Example("a {red|blue} cat", _EXECUTED),
        Example("{prompt}, photo", _EXECUTED),
        Example("a ${colour} cat", _EXECUTED),
    ),
    good=("a __colour__ cat", Example("a {red} cat", _EXECUTED), Example("__init__", Context())),
)
