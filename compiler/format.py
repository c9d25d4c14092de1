"""One canonical spelling of a prompt that gives the same tokens at the same weights.

Spaces and line ends are evened out, a comma gets one space behind it and none before, brackets that weigh
hold no space at their ends, and weights are written as short as they can be. Brackets, words and their order
stay as they are.
"""

import re
from collections.abc import Iterator

from mezzotint.compiler.equivalence import means_same
from mezzotint.grammar import nodes
from mezzotint.grammar.lexer import NEGATIVE, POSITIVE
from mezzotint.grammar.parser import parse
from mezzotint.grammar.render import to_source
from mezzotint.grammar.words import without_trivia

_SPACES = re.compile(r"[^\S\n]+")
_LINE_END = re.compile(r" *\n *")
_BEFORE_COMMA = re.compile(r"(?<=\w) +,")
_FIRST_COMMA = re.compile(r"\A +,")
_BEHIND_COMMA = re.compile(r"(?<!\d),(?=[^\W_])|,(?=[^\W\d_])")  # "1,3" may be meant as a number
_ROUNDS = 4  # a spelling may be read in another way; one that does not come to rest is not used


def format_prompt(prompt: str, *, negative: bool = False) -> str:
    """The prompt in canonical spelling; the prompt itself if that would change what it compiles to.

    Args:
        prompt: any text.
        negative: read it as a negative prompt.
    """
    result = prompt
    for _ in range(_ROUNDS):
        before, result = result, _spelled(result, negative)
        if result == before:
            return result if result == prompt or means_same(prompt, result, negative=negative) else prompt
    return prompt


def _spelled(prompt: str, negative: bool) -> str:
    """The canonical spelling, whether or not it means the same."""
    tree = parse(prompt, NEGATIVE if negative else POSITIVE)
    branches = []
    for branch in tree.branches:
        text = "".join(_items(branch.children))
        tail = "".join(_items(branch.tail))
        if branch.weight:
            text = _weighed(text, branch.weight.value, is_alone=len(tree.branches) == 1)
            tail = f" {tail}" if tail and branch.weight.value[-1:].isspace() else tail
        branches.append(text + tail)
    return " AND ".join(branch.strip() for branch in branches).strip()


def _weighed(text: str, weight: str, *, is_alone: bool) -> str:
    """A branch with its weight.

    Without ``AND`` what touches its word may be a time of day, as in "at 10:00": that stays as it was, for
    whoever mends it.
    """
    number = weight.strip()[1:]
    if is_alone and not (text + weight).rpartition(":")[0][-1:].isspace():
        return f"{text}:{number}"
    return f"{text.rstrip()} :{_shortest(number)}"


def _items(items: tuple[nodes.Item, ...]) -> Iterator[str]:
    for index, item in enumerate(items):
        match item:
            case nodes.Text(value):
                is_behind = index > 0 and isinstance(items[index - 1], _AS_WORDS)
                is_before = index + 1 < len(items) and isinstance(items[index + 1], _AS_WORDS)
                yield _text(value, is_behind=is_behind, is_before=is_before)
            case nodes.Emphasis(children, weight):
                yield f"({_inside(children)}"
                yield f":{_shortest(weight.value[1:])})" if weight else ")"
            case nodes.Deemphasis(children):
                yield f"[{_inside(children)}]"
            case nodes.Scheduled(before, after, when):
                yield "["
                if before is not None:
                    yield from _items(before)
                    yield ":"
                yield from _items(after)
                yield f":{_stripped(when)}]"  # whether it has a point decides what it means
            case nodes.Alternation(options):
                yield "["
                yield "|".join("".join(_items(option)) for option in options)
                yield "]"
            case _:
                yield to_source(item)


def _inside(children: tuple[nodes.Item, ...]) -> str:
    """What stands in brackets that weigh: tokens of their own, which no space keeps from words outside."""
    text = "".join(_items(children))
    bare = text.strip(" ")
    if not bare:
        return text  # with nothing in them, brackets no longer part the words around them
    return text.lstrip(" ") if bare.endswith("\\") else bare  # a backslash would escape the bracket


_AS_WORDS = (nodes.Emphasis, nodes.Deemphasis, nodes.Scheduled, nodes.Alternation)
"""Nodes beside which a comma is written as beside a word."""


def _text(value: str, *, is_behind: bool, is_before: bool) -> str:
    """Plain text, and whether it stands behind or before what counts as a word."""
    value = _LINE_END.sub("\n", _SPACES.sub(" ", value))
    if is_behind:
        value = _FIRST_COMMA.sub(",", value)
    if is_before and value.endswith(","):
        value += " "
    return _BEHIND_COMMA.sub(", ", _BEFORE_COMMA.sub(",", value))


def _shortest(number: str) -> str:
    """The shortest plain decimal that reads as the same float."""
    try:
        text = repr(float(number))
    except ValueError:
        return _stripped(number)
    if not re.fullmatch(r"-?\d+\.\d+", text):
        return number.strip()
    return text.removesuffix(".0")


def _stripped(number: str) -> str:
    """The number without the space around, unless it has a comment beside it, which needs its line."""
    return number.strip() if without_trivia(number) == number else number
