"""MZ317 web-address

What it does: finds the address of a web page or picture in a prompt.
Why it is bad: no program of the Stable Diffusion family looks at it: it is drawn, letter by letter.
Evidence: pictures are given to img2img, ControlNet or IP-Adapter there. Midjourney takes addresses at the
    beginning of a prompt for pictures to begin with, and is left alone.
"""

import re
from collections.abc import Iterator

from mezzotint.compiler.lint.registry import Edit, Found, Remedy, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.span import Span

_ADDRESS = re.compile(r"https?://[^\s,()\[\]<>|\"]+")


def check(subject: Subject) -> Iterator[Found]:
    """Yield one finding for each address."""
    if subject.context.dialect == "midjourney":
        return
    for found in _ADDRESS.finditer(subject.visible):
        message = "nobody looks at this address: it is read as text, letter by letter"
        yield Found(message, Span(*found.span()), "remove it; give a picture to img2img or ControlNet")


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """Remove it, with the space behind it."""
    end = diagnostic.span.end
    yield Span(diagnostic.span.start, end + subject.source.startswith(" ", end)), ""


RULE = Rule(
    "MZ317",
    "web-address",
    check,
    since="0.1.0",
    remedy=Remedy(edits=edits, title="remove the address"),
    bad=("https://example.com/cat.png a cat", "a cat, by https://example.com"),
    good=("a cat, http", "http: a cat"),
)
