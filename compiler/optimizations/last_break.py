"""last-break: a ``BREAK`` with nothing behind it.

It closes a chunk that the end of the prompt closes anyway. One at the beginning, or right behind another,
makes an empty chunk, which the picture depends on.
"""

from collections.abc import Iterator

from mezzotint.compiler.optimizations.optimization import Candidate, Example, Optimization, View, kept
from mezzotint.grammar.nodes import Branch, Break, Comment, Network, Text
from mezzotint.grammar.span import Span


def candidates(view: View) -> Iterator[Candidate]:
    """Yield the last break of each branch that ends in one, with the space before it."""
    for branch in view.tree.branches:
        if (found := _last(branch)) is not None:
            before = view.source[branch.span.start : found.span.start]
            start = found.span.start - len(before) + len(before.rstrip())
            yield Candidate(found.span, ((Span(start, found.span.end), ""),))


def _last(branch: Branch) -> Break | None:
    for item in reversed(branch.children):
        if isinstance(item, Break):
            return item
        if not isinstance(item, Comment | Network) and not (
            isinstance(item, Text) and not item.value.strip()
        ):
            return None
    return None


OPTIMIZATION = Optimization(
    "last-break",
    "drop a BREAK with nothing behind it",
    candidates,
    examples=(
        Example("a cat BREAK", "a cat"),
        Example("a cat BREAK <lora:x:1>", "a cat <lora:x:1>"),
        Example("a cat\nBREAK AND a dog", "a cat AND a dog"),
    ),
    kept=(kept("a cat BREAK BREAK"), kept("BREAK a cat"), kept("at 10:30 BREAK"), kept("a BREAK b")),
)
