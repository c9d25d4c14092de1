"""MZ311 invisible-character

What it does: finds characters that are not seen: zero-width spaces, marks of direction, soft hyphens.
Why it is bad: they split words into other tokens, and names of networks and embeddings are not found.
Evidence: text that is copied from web pages and chats carries them; CLIP's vocabulary has bytes for them, so
    they are encoded: "red" and "cat" with a zero-width space between them are three tokens. A byte order
    mark alone is dropped by A1111's cleaning.
Catalogue: PU504
"""

import re
from collections.abc import Iterator

from mezzotint.compiler.lint.registry import Edit, Found, Remedy, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Diagnostic, Severity
from mezzotint.grammar.span import Span

# Joiners (U+200C, U+200D) make emoji and letters of some scripts, so they belong to the text.
_INVISIBLE = re.compile(
    "[\u200b\u2060\ufeff\u200e\u200f\u202a-\u202e\u2066-\u2069]+"
    "|(?<=[A-Za-z])\u00ad(?=[a-z])|<[^<>\u00a0]*+\u00a0[^<>]*+>"
)


def check(subject: Subject) -> Iterator[Found]:
    """Yield one finding for each run of them."""
    if subject.source.isascii():
        return
    for found in _INVISIBLE.finditer(subject.source):
        names = " ".join(f"U+{ord(c):04X}" for c in dict.fromkeys(found[0]) if not c.isascii())
        message = f"not seen, and yet read: {names} splits words into other tokens"
        severity = None
        if found[0].startswith("<"):
            message = f"not seen, and part of the name: {names}, so the network is not found"
        elif subject.context.is_home and not found[0].strip("\ufeff"):
            message, severity = f"not seen, and dropped before the text is read: {names}", Severity.INFO
        yield Found(message, Span(*found.span()), "remove what is not seen", severity)


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """Remove them; a space that does not break becomes one that does."""
    text = subject.text(diagnostic.span)
    yield diagnostic.span, text.replace("\u00a0", " ") if "\u00a0" in text else ""


RULE = Rule(
    "MZ311",
    "invisible-character",
    check,
    since="0.1.0",
    remedy=Remedy(edits=edits, title="remove what is not seen"),
    bad=("a red\u200bcat", "\ufeffa cat", "<lora:my\u00a0style:1>"),
    good=("a red cat", "👩\u200d🚀 in space", "a\u00a0cat"),
)
