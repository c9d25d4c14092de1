"""The words of the prompt language that stand outside its brackets, and where a text has them.

One copy of each rule, for the syntax tree and for the compiler's passes. Every finder is linear in
the text. Source: behaviour of stable-diffusion-webui v1.10.1.
"""

import re
from collections.abc import Iterator

BREAK = re.compile(r"\bBREAK\b")
AND = re.compile(r"\bAND\b")
WHEN = re.compile(r"\s*([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)\s*")
WEIGHT = re.compile(r"\s*([+-]?[.\d]+)\s*")

_NETWORK_HEAD = re.compile(r"<\w+:(?=[^>])")
_BRANCH_NUMBER = re.compile(r"[+-]?(?:\d+\.?|\d*\.\d+)")
_COMMENT = re.compile(r"#[^\n]*")


def find_comments(text: str) -> Iterator[tuple[int, int]]:
    """Ranges from each ``#`` to the end of its line; nothing protects a ``#``."""
    return (found.span() for found in _COMMENT.finditer(text))


def find_networks(text: str) -> Iterator[tuple[int, int, int]]:
    """Ranges of ``<name:args>``, and where the name ends: ``(start, colon, end)``.

    A ``>`` is looked for only while one is left, which keeps a text of many ``<a:`` linear.
    """
    at = 0
    while head := _NETWORK_HEAD.search(text, at):
        close = text.find(">", head.end())
        if close < 0:
            return
        yield head.start(), head.end() - 1, close + 1
        at = close + 1


def without_trivia(text: str) -> str:
    """The text without comments and network tags, as the compiler's passes leave it."""
    if "#" not in text and "<" not in text:
        return text
    for find in (find_comments, find_networks):
        ranges = [(found[0], found[-1]) for found in find(text)]
        for start, end in reversed(ranges):
            text = text[:start] + text[end:]
    return text


def find_branch_weight(text: str) -> tuple[int, float | None]:
    """Where a composed prompt's own text ends, and its weight: ``"cat :1.2 "`` gives ``(3, 1.2)``.

    The number stands alone after the last colon, up to the end; without one there is no weight.
    """
    body = text.rstrip()
    colon = body.rfind(":")
    number = body[colon + 1 :].lstrip() if colon >= 0 else ""
    if _BRANCH_NUMBER.fullmatch(number):
        return len(body[:colon].rstrip()), float(number)
    return len(body), None
