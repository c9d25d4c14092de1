"""MZ214 empty-chunk

What it does: finds ``BREAK`` at the beginning, or right behind another one.
Why it is bad: it makes a whole chunk of 75 empty tokens, which takes attention from the others, and time.
Evidence: stable-diffusion-webui v1.10.1 closes the current chunk at every BREAK, filled or not; one at the
    end is free.
Catalogue: PE212
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.context import A1111_LANGUAGE
from mezzotint.compiler.lint.registry import Edit, Found, Remedy, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.nodes import Break, Comment, Network, Text
from mezzotint.grammar.span import Span


def check(subject: Subject) -> Iterator[Found]:
    """Yield one finding for each break that closes an empty chunk."""
    for branch in subject.tree.branches:
        is_empty = True
        for item in branch.children:
            if isinstance(item, Break):
                if is_empty:
                    yield Found("this BREAK closes a chunk without a word in it", item.span, "remove it")
                is_empty = True
            elif not isinstance(item, Network | Comment):
                is_empty = is_empty and isinstance(item, Text) and not item.value.strip()


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """Remove the break and the space behind it."""
    behind = subject.source[diagnostic.span.end :]
    yield Span(diagnostic.span.start, diagnostic.span.end + len(behind) - len(behind.lstrip())), ""


RULE = Rule(
    "MZ214",
    "empty-chunk",
    check,
    since="0.1.0",
    dialects=A1111_LANGUAGE,
    remedy=Remedy(edits=edits, title="remove the BREAK"),
    bad=("BREAK a cat", "a cat BREAK BREAK a dog"),
    good=("a cat BREAK a dog", "a cat BREAK"),
)
