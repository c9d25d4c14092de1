"""MZ217 tag-brackets

What it does: finds a tag of an image board whose own brackets are not escaped.
Why it is bad: the brackets weigh the series by 1.1 and vanish, so the tag is not the one that was learnt.
Evidence: krita-ai-diffusion#953, ComfyUI#10782, booru2prompt#3. Without a list of tags, brackets are
    reported that name a well-known series, and for models trained on tags well-known kinds. Other models
    may have learnt tags, too, so for them it is an information.
Catalogue: PS005
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.context import LLM_FAMILIES, T5_FAMILIES, WITH_WEIGHTS, Context
from mezzotint.compiler.lint.registry import Edit, Example, Found, Remedy, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.compiler.lint.tags import tag_name
from mezzotint.grammar.diagnostics import Diagnostic, Severity
from mezzotint.grammar.nodes import Emphasis, Text

_LONGEST = 100  # letters of a tag
_OF_TAGS = ("pony", "illustrious")
_KINDS = frozenset({"artist", "character", "cosplay", "medium", "object", "series", "style"})
_SERIES = frozenset(
    {
        "arknights",
        "azur lane",
        "bleach",
        "blue archive",
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
        "naruto",
        "nier automata",
        "nier:automata",
        "one piece",
        "overwatch",
        "persona",
        "pokemon",
        "re:zero",
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
        is_tag = inside in _SERIES or (inside in _KINDS and subject.context.family in _OF_TAGS)
        is_tag = is_tag and subject.context.family is not None
    else:
        is_tag = tag_name(f"{name.strip()} ({inside})") in tags
    if is_tag:
        yield Found(
            "these brackets belong to the tag, and are read as a weight of 1.1",
            node.span,
            rf"write \({inside}\)",
            None if tags is None else Severity.WARNING,
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
    severity=Severity.INFO,
    families={**dict.fromkeys(_OF_TAGS, Severity.WARNING), **dict.fromkeys((*T5_FAMILIES, *LLM_FAMILIES))},
    nodes=("Emphasis",),
    remedy=Remedy(edits=edits, title="escape the brackets"),
    bad=(
        Example("1girl, rem (re:zero), smile", _PONY),
        Example("1girl, ganyu (genshin impact)", Context(family="illustrious")),
        Example("saber (alter), cat", Context(tags={"saber (alter)"})),
        Example("1girl, rem (re:zero), smile", Context(family="sd1")),
    ),
    good=(
        Example(r"1girl, rem \(re:zero\)", _PONY),
        Example("1girl, smile (soft)", _PONY),
        "rem (re:zero)",
        Example("1girl, (pokemon), cat", _PONY),
    ),
)
