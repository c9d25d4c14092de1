"""Other programs' ways to weigh words, rewritten in A1111's.

Source: NovelAI's documentation ("Strengthening and weakening"); Compel's README, section "Syntax".
"""

import re

_NOVELAI = re.compile(r"(-?\d+(?:\.\d+)?)::|::|[{}\[\]]")
_STRENGTH = 1.05
_COMPEL = re.compile(
    r"(?<![\w)])(\w[\w'-]*?)(\+{1,8}|-{2,8})(?=[\s,.)]|$)|\)(\+{1,8}|-{1,8}|\d+(?:\.\d+)?)(?=[\s,.)]|$)"
)
_UP, _DOWN = 1.1, 0.9
_DIGITS = 4
_MAX_LEVEL = 64


def from_novelai(prompt: str) -> str:
    """``{x}`` becomes ``(x:1.05)``, ``[x]`` becomes ``(x:0.9524)``, ``1.2::x::`` becomes ``(x:1.2)``.

    NovelAI's round brackets are plain text, so they are escaped. Brackets without a partner stay.
    """
    pieces: list[str] = []
    opened: list[tuple[str, int]] = []  # what closes it, and where its opening stands
    at = 0
    for match in _NOVELAI.finditer(prompt):
        pieces.append(_escape(prompt[at : match.start()]))
        at = match.end()
        _take_mark(match[0], match[1], pieces, opened)
    pieces.append(_escape(prompt[at:]))
    for closing, index in opened:
        if closing.startswith("::"):  # an open number reaches to the end
            pieces[index] = "("
            pieces.append(f":{closing[2:]})")
        else:
            pieces[index] = "{" if closing == "}" else r"\["
    return "".join(pieces)


def _take_mark(mark: str, number: str | None, pieces: list[str], opened: list[tuple[str, int]]) -> None:
    if mark in "{[":
        opened.append(("}" if mark == "{" else "]", len(pieces)))
        pieces.append("(")
    elif number is not None and len(opened) < _MAX_LEVEL:
        opened.append((f"::{number}", len(pieces)))
        pieces.append("(")
    elif opened and opened[-1][0][:2] == mark[:2]:
        closing, _ = opened.pop()
        weight = {"}": _STRENGTH, "]": 1 / _STRENGTH}.get(closing)
        pieces.append(f":{closing[2:]})" if weight is None else f":{round(weight, _DIGITS)})")
    else:
        pieces.append(rf"\{mark}" if mark == "]" else mark)


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", r"\(").replace(")", r"\)")


def from_compel(prompt: str) -> str:
    """``word++`` becomes ``(word:1.21)`` and ``(some words)1.2`` becomes ``(some words:1.2)``."""
    return _COMPEL.sub(_from_mark, prompt)


def _from_mark(match: re.Match[str]) -> str:
    mark = match[2] or match[3]
    weight = float(mark) if mark[0].isdigit() else (_UP if mark[0] == "+" else _DOWN) ** len(mark)
    return f"({match[1]}:{round(weight, _DIGITS)})" if match[1] else f":{round(weight, _DIGITS)})"
