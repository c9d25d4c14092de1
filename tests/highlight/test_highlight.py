"""Colours: the lexer loses nothing, and the editors' grammars agree with the parser."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pygments.token import string_to_tokentype

from mezzotint.grammar.document import read_document
from mezzotint.highlight.editors import PATTERNS
from mezzotint.highlight.generate import FILES
from mezzotint.highlight.kinds import STYLES, Kind
from mezzotint.highlight.marks import document_marks
from mezzotint.highlight.pygments_lexer import PromptLexer

ROOT = Path(__file__).parents[2]
TEXT = (
    "a (b:1.2) [x:y:10] [p|q] \\( <lora:q:1> BREAK AND dog :0.5 # note\n"
    "Negative prompt: bad\nSteps: 20, Sampler: Euler a, Seed: 5"
)


def kinds(text: str) -> list[tuple[str, str]]:
    return [(text[m.span.start : m.span.end], m.kind.value) for m in document_marks(read_document(text))]


def test_marks_of_an_infotext() -> None:
    found = kinds(TEXT)
    assert found[:3] == [("(", "emphasis"), (":1.2", "weight"), (")", "emphasis")]
    for one in (
        (":10", "schedule"),
        ("|", "alternation"),
        ("\\(", "escape"),
        ("<lora:q:1>", "network"),
        ("BREAK", "break"),
        ("AND", "conjunction"),
        (":0.5", "weight"),
        ("# note", "comment"),
        ("Negative prompt:", "label"),
        ("Sampler", "key"),
        ("Euler a", "value"),
    ):
        assert one in found
    assert kinds("a)") == [(")", "error")]
    assert kinds("a --ar 1:1") == [("--ar", "flag"), ("1:1", "argument")]


@given(st.text("ab()[]:|\\<>#1.2 \n", max_size=30) | st.just(TEXT))
def test_the_lexer_loses_nothing(text: str) -> None:
    pieces = list(PromptLexer().get_tokens_unprocessed(text))
    assert "".join(value for _, _, value in pieces) == text
    assert [at for at, _, _ in pieces] == [sum(len(v) for _, _, v in pieces[:i]) for i in range(len(pieces))]


def test_every_kind_has_names() -> None:
    assert set(STYLES) == set(Kind)
    for style in STYLES.values():
        string_to_tokentype(style.pygments)


@pytest.mark.parametrize("name", FILES)
def test_generated_files_are_current(name: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == FILES[name](), (
        "run python -m mezzotint.highlight.generate"
    )


@pytest.mark.parametrize(("kind", "pattern"), PATTERNS)
def test_patterns_match_what_the_parser_marks(kind: Kind, pattern: str) -> None:
    text = f"{TEXT} --ar 1:1" if kind is Kind.FLAG else TEXT
    marked = {value for value, mark in kinds("a --ar 1:1" if kind is Kind.FLAG else TEXT) if mark == kind}
    assert {found[0] for found in re.finditer(pattern, text, re.MULTILINE)} & marked


def test_the_extension_names_its_grammar() -> None:
    package = json.loads((ROOT / "examples/vscode/package.json").read_text(encoding="utf-8"))
    (grammar,) = package["contributes"]["grammars"]
    assert (
        json.loads((ROOT / "examples/vscode" / grammar["path"]).read_text(encoding="utf-8"))["scopeName"]
        == (grammar["scopeName"])
    )
