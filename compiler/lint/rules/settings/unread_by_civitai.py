"""MZ515 unread-by-civitai

What it does: finds an infotext that Civitai does not read, or not wholly.
Why it is bad: the picture is shown without its prompt, or without its networks.
Evidence: Civitai's reader looks for a line that begins with ``Steps: ``, and for networks with one weight
    that is not below zero and a name without spaces.
Catalogue: IT711
"""

import re
from collections.abc import Iterator

from mezzotint.compiler.lint.registry import Found, Rule
from mezzotint.compiler.lint.setting import SETTINGS
from mezzotint.compiler.lint.subject import DocumentSubject
from mezzotint.grammar.span import Span
from mezzotint.grammar.words import find_networks

_READ = re.compile(r"<\w+:[^\s:>]+:\d*\.?\d+>")


def check(subject: DocumentSubject) -> Iterator[Found]:
    """Yield a finding for the settings line, and one for each network that is not read."""
    document = subject.document
    settings = document.infotext.settings_span if document.infotext else None
    if settings is None:
        return
    if not subject.text(settings).startswith("Steps: "):
        at = Span(settings.start, settings.start + 1)
        yield Found("Civitai looks for a line that begins with Steps", at, "put Steps first")
    for start, _, end in find_networks(document.prompt):
        if not _READ.fullmatch(document.prompt[start:end]):
            span = document.span(Span(start, end))
            yield Found("Civitai does not read this network", span, "write one weight, and no spaces")


RULE = Rule(
    "MZ515",
    "unread-by-civitai",
    check,
    since="0.1.0",
    is_document=True,
    is_default=False,
    is_preview=True,
    bad=(
        f"a cat\nSeed: 2, {SETTINGS.replace(', Seed: 1', '')}",
        f"a cat <lora:my style:1>\n{SETTINGS}",
    ),
    good=(f"a cat <lora:style:0.8>\n{SETTINGS}",),
)
