"""Merging styles into a prompt pair, finding them in one, and checking their sheets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mezzotint.compiler.lint.styles import lint_styles
from mezzotint.compiler.passes.styles import Extracted, apply_styles, extract_styles
from mezzotint.grammar.styles.styles import Style, choose_styles

MASTER = Style("Master", "masterpiece, best quality", "lowres")
WRAP = Style("Wrap", "art of {prompt}, by greg", "{prompt}, ugly")
BAD = Style("Bad", "", "bad hands")
KNOWN = (MASTER, WRAP, BAD, Style("Empty"))


@pytest.mark.parametrize(
    ("names", "prompt", "negative_prompt"),
    [
        ([], " cat ", ""),
        (["Missing"], "cat", ""),
        (["Master"], "cat, masterpiece, best quality", "lowres"),
        (["Wrap", "Master"], "art of  cat , by greg, masterpiece, best quality", ", ugly, lowres"),
    ],
)
def test_apply(names: list[str], prompt: str, negative_prompt: str) -> None:
    assert apply_styles(" cat ", "", choose_styles(KNOWN, names)) == (prompt, negative_prompt)


@pytest.mark.parametrize(
    ("prompt", "negative_prompt", "expected"),
    [
        (" cat ", "", Extracted((), " cat ", "")),
        ("cat, masterpiece, best quality", "x, lowres", Extracted(("Master",), "cat", "x")),
        ("art of cat, by greg", "x, ugly, bad hands", Extracted(("Wrap", "Bad"), "cat", "x")),
        ("art of, by greg", "", Extracted((), "art of, by greg", "")),
    ],
)
def test_extract(prompt: str, negative_prompt: str, expected: Extracted) -> None:
    assert extract_styles(prompt, negative_prompt, KNOWN) == expected


def test_each_style_is_taken_out_once_and_two_placeholders_never() -> None:
    known = (Style("a", "x"), Style("b", "{prompt}, {prompt}"), Style("a", "y"))
    assert extract_styles("cat, y, y", "", known) == Extracted(("a",), "cat, y", "")
    assert extract_styles("cat, cat", "", known) == Extracted((), "cat, cat", "")


WORDS = st.text(st.sampled_from("ab, ")).map(str.strip)


@given(WORDS, WORDS, st.permutations(KNOWN[:2]))
def test_what_was_merged_is_found(prompt: str, negative_prompt: str, styles: list[Style]) -> None:
    """Only for prompts that end in no comma: what the last joint was cannot be told then."""
    merged = apply_styles(prompt, negative_prompt, styles)
    found = extract_styles(*merged, styles)
    assert apply_styles(found.prompt, found.negative_prompt, choose_styles(styles, found.names)) == merged


def test_findings_stand_in_their_cells() -> None:
    sheet = 'name,prompt,negative_prompt\r\na,"cat, ""x"" (dog",ok\r\nb,[x],(y\n'
    found = [(d.code, sheet[d.span.start : d.span.end]) for d in lint_styles(sheet) if d.code == "MZ003"]
    assert found == [("MZ003", "("), ("MZ003", "(")]
    assert next(d.span.start for d in lint_styles(sheet)) == sheet.index("(dog")
