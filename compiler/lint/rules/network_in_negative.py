"""MZ206 network-in-negative

What it does: finds ``<lora:…>`` in a negative prompt.
Why it is bad: networks are read from the positive prompt only; here the tag is drawn as text.
Example: ``blurry, <lora:detail:1>``   Use instead: the tag in the positive prompt
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.registry import Rule, Subject
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.span import Span
from mezzotint.grammar.words import find_networks


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Yield one finding for each tag in a negative prompt."""
    if not subject.negative:
        return
    for start, _, end in find_networks(subject.source):
        yield Diagnostic(
            "MZ206",
            "networks are not read from a negative prompt: the tag is drawn as text",
            Span(start, end),
            help="move the tag to the positive prompt",
        )


RULE = Rule("MZ206", "network-in-negative", check, since="0.1.0")
