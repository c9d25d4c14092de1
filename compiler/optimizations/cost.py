"""What a prompt costs: characters, tokens that it writes, and texts that an encoder reads for it."""

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from mezzotint.compiler.ir import Program, Segment
from mezzotint.compiler.lint.rules.style import repeated_tag
from mezzotint.compiler.lint.subject import Subject
from mezzotint.compiler.passes.chunk import Tokenizer
from mezzotint.grammar.nodes import Escape, Node, Prompt, Text
from mezzotint.grammar.span import Span
from mezzotint.grammar.walk import children, walk


class Cost(NamedTuple):
    """What a prompt costs.

    Attributes:
        characters: of the text.
        tokens_written: of all its words, those on both sides of every switch included.
        texts: entries of all timelines; the reference encodes each, the same text again and again.
        tokens_encoded: of those texts.
    """

    characters: int = 0
    tokens_written: int = 0
    texts: int = 0
    tokens_encoded: int = 0

    def plus(self, other: "Cost") -> "Cost":
        """The cost of both."""
        return Cost(*map(sum, zip(self, other, strict=True)))


NOTHING = Cost()


class Repeated(NamedTuple):
    """A tag that was there before; without it there would be so many tokens less, and another picture."""

    name: str
    span: Span
    tokens: int


def cost(source: str, tree: Prompt, programs: list[Program], tokenizer: Tokenizer, *, negative: bool) -> Cost:
    """The cost of a prompt that is compiled to a program for each pass."""
    written = sum(len(tokenizer.encode(text)) for text in _words(tree))
    branches = [b for one in programs for b in ((one.negative,) if negative else one.positive)]
    texts = [entry.pieces for branch in branches for entry in branch.timeline]
    tokens = {
        pieces: sum(len(tokenizer.encode(p.text)) for p in pieces if isinstance(p, Segment))
        for pieces in texts
    }
    return Cost(len(source), written, len(texts), sum(tokens[pieces] for pieces in texts))


def _words(tree: Prompt) -> Iterator[str]:
    """The words of each node's own, without brackets, numbers and marks."""
    for node in walk(tree):
        for is_word, run in groupby(children(node), key=lambda child: isinstance(child, Text | Escape)):
            if is_word:
                yield "".join(map(_plain, run))


def _plain(node: Node) -> str:
    return node.value[1:] if isinstance(node, Escape) else node.value if isinstance(node, Text) else ""


def repeated(subject: Subject, tokenizer: Tokenizer) -> Iterator[Repeated]:
    """The tags that the rule repeated-tag finds, and what each costs, its comma included."""
    for found in repeated_tag.RULE.check(subject):
        text = subject.text(found.span)
        yield Repeated(text, found.span, len(tokenizer.encode(f", {text}")))
