"""MZ217 tag-brackets

What it does: finds a tag of an image board whose own brackets are not escaped, for models trained on tags.
Why it is bad: the brackets weigh the series by 1.1 and vanish, so the tag is not the one that was learnt.
Evidence: krita-ai-diffusion#953, ComfyUI#10782, booru2prompt#3. Without a list of tags only brackets that
    name a well-known series or kind, are reported.
Catalogue: PS005
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.context import WITH_WEIGHTS, Context
from mezzotint.compiler.lint.registry import Edit, Example, Found, Remedy, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.compiler.lint.tags import tag_name
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.nodes import Emphasis, Text

_LONGEST = 100  # letters of a tag
_FAMILIES = ("pony", "illustrious")
_KNOWN = frozenset(
    {
        "arknights",
        "artist",
        "azur lane",
        "bleach",
        "blue archive",
        "character",
        "cosplay",
        "fate",
        "fate/grand order",
        "final fantasy",
        "fire emblem",
        "genshin impact",
        "girls' frontline",
        "granblue fantasy",
        "hololive",
        "honkai: star rail",
        "idolmaster",
        "kancolle",
        "kantai collection",
        "league of legends",
        "medium",
        "naruto",
        "nier automata",
        "nier:automata",
        "object",
        "one piece",
        "overwatch",
        "persona",
        "pokemon",
        "re:zero",
        "series",
        "style",
        "touhou",
        "umamusume",
        "vocaloid",
        "zelda",
        "zenless zone zero",
    }
)


def check(subject: Subject, node: Emphasis) -> Iterator[Found]:
    """Yield a finding if the words before the brackets and those in them make one tag."""
    if node.weight or not node.children or not all(isinstance(child, Text) for child in node.children):
        return
    inside = tag_name(subject.source[node.span.start + 1 : node.span.end - 1])
    before = (
        subject.source[max(0, node.span.start - _LONGEST) : node.span.start]
        .replace("\n", ",")
        .rpartition(",")[2]
    )
    name = before.lstrip(" (")
    if not name.strip() or name.endswith(("  ", ")")):
        return
    tags = subject.context.tags
    if tags is None:
        is_tag = subject.context.family in _FAMILIES and inside in _KNOWN
    else:
        is_tag = tag_name(f"{name.strip()} ({inside})") in tags
    if is_tag:
        yield Found(
            "these brackets belong to the tag, and are read as a weight",
            node.span,
            rf"write \({inside}\)",
        )


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """Escape both brackets."""
    yield diagnostic.span, rf"\({subject.text(diagnostic.span)[1:-1]}\)"


_PONY = Context(family="pony")

RULE = Rule(
    "MZ217",
    "tag-brackets",
    check,
    since="0.1.0",
    dialects=WITH_WEIGHTS,
    nodes=("Emphasis",),
    remedy=Remedy(edits=edits, title="escape the brackets"),
    bad=(
        Example("1girl, rem (re:zero), smile", _PONY),
        Example("1girl, ganyu (genshin impact)", Context(family="illustrious")),
        Example("saber (alter), cat", Context(tags={"saber (alter)"})),
    ),
    good=(
        Example(r"1girl, rem \(re:zero\)", _PONY),
        Example("1girl, smile (soft)", _PONY),
        "rem (re:zero)",
        Example("1girl, (pokemon), cat", _PONY),
    ),
)
