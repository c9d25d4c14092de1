"""Prompt text to tokens: which characters may structure it, before brackets are matched.

The lexer is written by hand because two of its rules look further than a regular expression may in
linear time (a network tag needs its ``>``, a branch weight needs the branch's end). The parser takes
the tokens from :mod:`mezzotint.grammar.balance`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mezzotint.grammar.lalr import Token
from mezzotint.grammar.words import AND, BREAK, find_branch_weight, find_comments, find_networks

_STRUCTURE = re.compile(r"(?P<ESCAPE>\\[^\n])|(?P<STRAY>\\)|(?P<MARK>[()\[\]:|])|(?P<TEXT>[^\\()\[\]:|]+)")


@dataclass(frozen=True, slots=True)
class Language:
    """Which of the words outside brackets this text has.

    The positive prompt has all of them. A negative prompt has comments only: ``AND`` and ``<lora:…>``
    are plain text there. A text that the passes have already cleaned has none.
    """

    comments: bool = True
    networks: bool = True
    conjunction: bool = True


POSITIVE = Language()
NEGATIVE = Language(networks=False, conjunction=False)
CLEANED = Language(comments=False, networks=False, conjunction=False)


def _trivia(source: str, language: Language) -> list[Token]:
    """Comments and network tags, in order, not overlapping."""
    comments = list(find_comments(source)) if language.comments else []
    found = [Token("COMMENT", source[a:b], a) for a, b in comments]
    if language.networks:
        edges = [0, *(edge for comment in comments for edge in comment), len(source)]
        for start, end in zip(edges[::2], edges[1::2], strict=True):
            tags = find_networks(source[start:end])
            found += [Token("NETWORK", source[start + a : start + b], start + a) for a, _, b in tags]
    return sorted(found, key=lambda t: t.start)


def _gaps(start: int, end: int, trivia: list[Token]) -> list[tuple[int, int]]:
    """The ranges between the trivia of ``[start, end)``."""
    edges = [start, *(edge for t in trivia for edge in (t.start, t.end)), end]
    return list(zip(edges[::2], edges[1::2], strict=True))


def _plain(source: str, start: int, end: int) -> Iterator[Token]:
    """Tokens of a range without trivia."""
    for found in _STRUCTURE.finditer(source, start, end):
        kind, text, at = str(found.lastgroup), found.group(), found.start()
        if kind != "TEXT" or "BREAK" not in text:
            yield Token(kind, text, at)
            continue
        for word in BREAK.finditer(source, at, found.end()):
            if word.start() > at:
                yield Token("TEXT", source[at : word.start()], at)
            yield Token("BREAK", word.group(), word.start())
            at = word.end()
        if at < found.end():
            yield Token("TEXT", source[at : found.end()], at)


def _weight(source: str, gaps: list[tuple[int, int]]) -> Token | None:
    """The branch's own weight, if it stands in one piece."""
    text = "".join(source[a:b] for a, b in gaps)
    cut, weight = find_branch_weight(text)
    if weight is None:
        return None
    at = 0
    for start, end in gaps:
        if cut < at + end - start:
            body = source[start + cut - at : end]
            is_whole = body.strip() == text[cut:].strip()
            return Token("BRANCH_WEIGHT", body, start + cut - at) if is_whole else None
        at += end - start
    return None


def _branch(source: str, start: int, end: int, trivia: list[Token], language: Language) -> list[Token]:
    """Tokens of one branch, its weight included."""
    gaps = _gaps(start, end, trivia)
    weight = _weight(source, gaps) if language.conjunction else None
    cut = weight.start if weight else end
    tokens = list(trivia)
    tokens += [t for a, b in gaps for t in _plain(source, a, min(b, cut)) if a < cut]
    if weight:
        tokens.append(weight)
        tokens += [Token("TEXT", source[a:b], a) for a, b in gaps if a > cut and b > a]
    return sorted(tokens, key=lambda t: t.start)


def lex(source: str, language: Language = POSITIVE) -> Iterator[list[Token]]:
    """Tokens of each branch; an ``_AND`` token begins every branch but the first."""
    trivia = _trivia(source, language)
    cuts = []
    if language.conjunction and "AND" in source:
        cuts = [w for a, b in _gaps(0, len(source), trivia) for w in AND.finditer(source, a, b)]
    start = 0
    at = 0
    for cut in [*cuts, None]:
        end = cut.start() if cut else len(source)
        first = at
        while at < len(trivia) and trivia[at].start < end:
            at += 1
        yield _branch(source, start, end, trivia[first:at], language)
        if cut:
            yield [Token("_AND", cut.group(), cut.start())]
            start = cut.end()
