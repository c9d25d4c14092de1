"""MZ315 a1111-in-midjourney

What it does: finds weights, networks and schedules as A1111 writes them in a prompt for Midjourney.
Why it is bad: they are plain text there.
Evidence: Midjourney weighs parts of a prompt with ``::`` and knows no brackets.
Catalogue: PU508
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.context import Context
from mezzotint.compiler.lint.network_tags import KINDS
from mezzotint.compiler.lint.registry import Example, Found, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.nodes import Emphasis, Network, Node


def check(subject: Subject, node: Node) -> Iterator[Found]:
    """Yield a finding for each weight and each network."""
    if isinstance(node, Network) and node.name in KINDS:
        yield Found("Midjourney has no networks: the tag is read as text", node.span, "remove it")
    elif isinstance(node, Emphasis) and node.weight:
        yield Found(
            "Midjourney reads no weight in brackets: the number is text",
            node.span,
            "write text::2, or remove it",
        )


_MIDJOURNEY = Context(dialect="midjourney")

RULE = Rule(
    "MZ315",
    "a1111-in-midjourney",
    check,
    since="0.1.0",
    dialects=("midjourney",),
    nodes=("Emphasis", "Network"),
    bad=(Example("a (red:1.3) circle", _MIDJOURNEY), Example("a cat <lora:x:1>", _MIDJOURNEY)),
    good=(
        "a (red:1.3) circle",
        Example("a cat (in a hat)", _MIDJOURNEY),
        Example("<https://example.com/cat.png> a cat", _MIDJOURNEY),
    ),
)
