"""MZ010 no-schedule

What it does: finds square brackets that look like prompt editing and are none.
Why it is bad: colons, words and numbers are all drawn, at 1/1.1.
Evidence: in stable-diffusion-webui v1.10.1 ``[cat:dog]``, ``[cat:dog:50%]``, ``[a:b:c:0.5]`` and
    ``[a|b:0.5]`` are plain text; the last one disables all other prompt editing, too.
Catalogue: PE204
"""

import re
from collections.abc import Iterator

from mezzotint.compiler.lint.context import A1111_LANGUAGE
from mezzotint.compiler.lint.registry import Example, Found, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.nodes import Deemphasis, Stray, Text

_WORDS = re.compile(r"[^\s:]:[^\s:/]")  # "[Style: photo]" is a label, not a schedule
_NUMBER = re.compile(r":\s*+[\d.,]++\s*+%?+\s*+$")


def check(subject: Subject, node: Deemphasis) -> Iterator[Found]:
    """Yield a finding if colons or bars stand between the brackets as in a schedule."""
    own = "".join(child.value if isinstance(child, Text | Stray) else "x" for child in node.children)
    if ":" not in own:
        return
    if "|" in own:
        if _NUMBER.search(own):
            yield Found("bars and a colon together are no prompt editing", node.span, _HELP)
    elif _NUMBER.search(own) or _WORDS.search(own):
        yield Found("this is no prompt editing: it is drawn as text, at 1/1.1", node.span, _HELP)


_HELP = "write [before:after:0.5] or [before:after:10], or [a|b] without a number"

RULE = Rule(
    "MZ010",
    "no-schedule",
    check,
    since="0.1.0",
    dialects=A1111_LANGUAGE,
    nodes=("Deemphasis",),
    bad=("[cat:dog]", "[cat:dog:50%]", "[a:b:c:0.5]", "[a::b:0.5]", "[a|b:0.5]", "[cat:dog:0,5]"),
    good=(
        "[cat:dog:0.5]",
        "[cat|dog]",
        "[cat]",
        "[Style: a photo]",
        Example("[http://example.com]", also=("MZ317",)),
    ),
)
