"""MZ402 network-range

What it does: finds a network at a weight below -1 or above 1.5.
Why it is bad: networks are trained for 1; far beyond, the picture breaks up into their favourite colours.
Evidence: the weight multiplies what the network adds to every layer, and nothing limits it. Sliders, which
    bear more, say so in their names and are left alone.
Catalogue: PN302
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.context import A1111_LANGUAGE
from mezzotint.compiler.lint.network_tags import KINDS, multipliers, name_of, number
from mezzotint.compiler.lint.registry import Found, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.nodes import Network

LOWEST, HIGHEST = -1.0, 1.5


def check(subject: Subject, node: Network) -> Iterator[Found]:
    """Yield a finding if a weight is out of the range."""
    if node.name not in KINDS or "slider" in name_of(node).casefold():
        return
    values = [value for text in multipliers(node) if (value := number(text)) is not None]
    wrong = next((value for value in values if not LOWEST <= value <= HIGHEST), None)
    if wrong is not None:
        yield Found(
            f"a network at {wrong:g}: beyond what it was trained for it distorts the picture",
            node.span,
            f"stay between {LOWEST:g} and {HIGHEST:g}",
        )


RULE = Rule(
    "MZ402",
    "network-range",
    check,
    since="0.1.0",
    dialects=A1111_LANGUAGE,
    nodes=("Network",),
    bad=("a cat <lora:detail:3>", "<lora:detail:0.5:-2>", "<lora:x:unet=8>"),
    good=("a cat <lora:detail:0.8>", "<lora:age_slider:4>", "<lora:detail>"),
)
