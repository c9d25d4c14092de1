"""Grammars for editors that colour by regular expressions: TextMate's and CodeMirror's.

Both are made from the patterns of :mod:`mezzotint.grammar.words`. They colour single marks, in any place;
which bracket belongs to which only the parser knows, and the language server tells it.
"""

import json
import re
from typing import Any

from mezzotint.grammar.infotext.lexer import NEGATIVE
from mezzotint.grammar.infotext.signs import KNOWN
from mezzotint.grammar.midjourney_flags import NAMES
from mezzotint.grammar.words import AND, BREAK, WEIGHT, WHEN
from mezzotint.highlight.kinds import STYLES, Kind

LANGUAGE = "image-prompt"
_SPACES = r"\s*"
_FLAGS = "|".join(sorted(NAMES, key=lambda name: (-len(name), name)))
_NUMBER = re.sub(r"\((?!\?)", "(?:", WHEN.pattern)
_KEYS = "|".join(sorted(map(re.escape, KNOWN.values()), key=lambda key: (-len(key), key))).replace("\\ ", " ")
_WEIGHT = re.sub(r"\((?!\?)", "(?:", WEIGHT.pattern)

PATTERNS: tuple[tuple[Kind, str], ...] = (
    (Kind.COMMENT, r"#.*$"),
    (Kind.LABEL, f"^{re.escape(NEGATIVE).replace(chr(92) + ' ', ' ')}"),
    (Kind.ESCAPE, r"\\."),
    (Kind.NETWORK, r"<\w+:[^>\n]+>"),
    (Kind.BREAK, BREAK.pattern),
    (Kind.CONJUNCTION, AND.pattern),
    (Kind.WEIGHT, rf":{_WEIGHT}(?=\))"),
    (Kind.SCHEDULE, rf":{_NUMBER}(?=\])"),
    (Kind.WEIGHT, rf":{_NUMBER.removesuffix(_SPACES)}(?=\s*(?:AND\b|#|$))"),
    (Kind.KEY, rf"\b(?:{_KEYS})(?=: )"),
    (Kind.EMPHASIS, r"[()]"),
    (Kind.SCHEDULE, r"[\[\]]"),
    (Kind.ALTERNATION, r"\|"),
    (Kind.FLAG, rf"--(?:{_FLAGS})\b"),
)
"""What is tried at each place, in this order."""


def textmate() -> str:
    """The TextMate grammar, as JSON."""
    rows = [{"match": p, "name": f"{STYLES[kind].textmate}.{LANGUAGE}"} for kind, p in PATTERNS]
    grammar: dict[str, Any] = {
        "name": "Image prompt",
        "scopeName": f"source.{LANGUAGE}",
        "fileTypes": ["prompt"],
        "patterns": rows,
    }
    return json.dumps(grammar, indent=2) + "\n"


def codemirror() -> str:
    """A module for CodeMirror 6: the states of ``simpleMode`` from ``@codemirror/legacy-modes``."""
    rows = [
        f"    {{ regex: /{_script(p)}/, token: {json.dumps(STYLES[kind].codemirror)}"
        + (", sol: true },\n" if p.startswith("^") else " },\n")
        for kind, p in PATTERNS
    ]
    # What is read begins where the last mark ended, so a word is taken whole: SAND has no AND in it.
    rows.append("    { regex: /[\\p{L}\\p{N}_]+/u, token: null },\n")
    return (
        "// Made by `python -m mezzotint.highlight.generate`; do not edit.\n"
        'import { simpleMode } from "@codemirror/legacy-modes/mode/simple-mode";\n\n'
        "export const imagePrompt = simpleMode({\n"
        f"  start: [\n{''.join(rows)}  ],\n"
        '  languageData: { name: "image-prompt", commentTokens: { line: "#" } },\n'
        "});\n"
    )


def _script(pattern: str) -> str:
    """The pattern between the slashes of a script's regular expression, without the line's start."""
    return pattern.removeprefix("^").replace("/", r"\/")
