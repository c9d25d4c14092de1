"""MZ404 bad-network

What it does: finds a network's tag that is not read as one, or whose weight is no number.
Why it is bad: what is not read is drawn as text; a network whose weight is no number is left out with an
    error in the log.
Evidence: stable-diffusion-webui v1.10.1 wants ``<``, the kind, a colon and no space between; ``<lora:x:0,8>``
    raises ValueError where the network is loaded, and its picture is made without it.
Catalogue: PN305
"""

import re
from collections.abc import Iterator

from mezzotint.compiler.lint.context import A1111_LANGUAGE
from mezzotint.compiler.lint.network_tags import KINDS, multipliers, name_of, number
from mezzotint.compiler.lint.ranges import is_covered
from mezzotint.compiler.lint.registry import Edit, Found, Remedy, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.nodes import Network
from mezzotint.grammar.span import Span
from mezzotint.grammar.words import find_networks

# Compiled when one is needed: most texts with a network in them have nothing wrong with it.
_LIKE = r"(?i)<\s*(?:lora|lyco|lycoris|locon|hypernet)\s*(?::[^<>,\n]*)?(>?)"
_COMMA = r"(?<=[:=])(\d),(\d+)(?=[:>])"
_INNER_SPACE = r"\s*([<:>])\s*"


def check(subject: Subject) -> Iterator[Found]:
    """Yield one finding for each such tag."""
    for node in subject.nodes.get("Network", ()):
        if isinstance(node, Network) and node.name in KINDS:
            yield from _in_tag(node)
    if subject.negative or subject.source.count("<") == len(subject.nodes.get("Network", ())):
        return
    read = [(start, end) for start, _, end in find_networks(subject.visible)]
    for found in re.finditer(_LIKE, subject.visible):
        if not is_covered(read, found.start()):
            what = "a space is in its way" if found[1] and " " in found[0] else "it is not complete"
            yield Found(
                f"this is no network: {what}, and it is drawn as text",
                Span(*found.span()),
                "write <lora:name:1>",
            )


def _in_tag(node: Network) -> Iterator[Found]:
    name = name_of(node)
    if not name.strip() or name != name.strip():
        yield Found("the name of this network has a space at its end, or is missing", node.span, _HELP)
    elif "\n" in name or "\\n" in name:
        yield Found("a line break is in this network's name, so it is not found", node.span, _HELP)
    wrong = next((text for text in multipliers(node) if number(text) is None), None)
    if wrong is not None:
        yield Found(f'"{wrong}" is no weight: the network is left out', node.span, _HELP)


_HELP = "write <lora:name:1>"


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """A point for a comma in a number; no spaces around colons."""
    text = subject.text(diagnostic.span)
    mended = re.sub(_INNER_SPACE, r"\1", re.sub(_COMMA, r"\1.\2", text))
    if text.endswith(">") and mended != text:
        yield diagnostic.span, mended


RULE = Rule(
    "MZ404",
    "bad-network",
    check,
    since="0.1.0",
    dialects=A1111_LANGUAGE,
    remedy=Remedy(edits=edits, title="write the tag as it is read"),
    bad=(
        "a cat <lora:x:0,8>",
        "a cat <lora: x:1>",
        "< lora:x:1> cat",
        "a cat <lora:x, red",
        "<lora>",
        "a <lora:my\nstyle:1>",
    ),
    good=("a cat <lora:x:0.8>", "<lora:x>", "<3 a cat", "<lora:x:1:0.5:8>"),
)
