"""Any infotext has a tree, nothing of it is lost, and the record says what the tree says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mezzotint.grammar.infotext.display import outline, to_source
from mezzotint.grammar.infotext.frame import parse_frame
from mezzotint.grammar.infotext.nodes import Frame, Junk, Line, Section, Separator
from mezzotint.grammar.infotext.record import Setting
from mezzotint.grammar.infotext.text import parse
from mezzotint.grammar.render import to_json
from mezzotint.grammar.walk import walk

PIECES = st.sampled_from(
    ["Negative prompt:", "Steps: 20", "Seed: 1", "aa", "bb", ":", ",", ", ", '"', "\\", "\n", "\r\n", " ",
     "x", "é猫", "\u2028", "\x85", "\t", "(k): v", "Size: 4x5", "-", "/", "\nSteps: 1, Seed: 2, Size: 4x5"]
)  # fmt: skip
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=30).map("".join))
PROMPTS = " a\r\n\n b \nNegative prompt:  c\nNegative prompt:\n"
TEXT = PROMPTS + 'Steps: 20, (k): v, Seed: 1, Seed:2,VAE: , X y: "p, q"\n'


def said(section: Section | None) -> str:
    """The prompt that a section holds, from the definition: blank lines vanish before the first text."""
    lines: list[str] = []
    for line in section.lines if section else ():
        blank = line.end.count("\n") - 1
        lines += [line.text] if line.text or "".join(lines) else []
        lines += [""] * blank if "".join(lines) else []
    return "\n".join(lines)


@given(TEXTS)
def test_the_tree_gives_back_the_source(text: str) -> None:
    assert to_source(parse_frame(text)) == text


@given(TEXTS)
def test_every_node_knows_its_place(text: str) -> None:
    for node in walk(parse_frame(text)):
        assert to_source(node) == text[node.span.start : node.span.end]
        if isinstance(node, Line):
            assert text[node.text_span.start : node.text_span.end] == node.text


@given(TEXTS)
def test_the_record_is_what_the_tree_says(text: str) -> None:
    frame, record = parse_frame(text), parse(text)
    assert said(frame.prompt) == record.prompt
    assert said(frame.negative) == record.negative_prompt
    assert (frame.settings.items if frame.settings else ()) == record.settings
    assert (frame.settings.span if frame.settings else None) == record.settings_span


@given(TEXTS)
def test_displays_never_fail(text: str) -> None:
    frame = parse_frame(text)
    assert list(outline(frame))
    assert to_json(frame, text)["type"] == "Frame"


def test_everything_has_its_node() -> None:
    frame = parse_frame(TEXT)
    assert (frame.margin, frame.end) == (" ", "\n")
    assert [(line.text, line.end) for line in frame.prompt.lines] == [("a", "\r\n\n "), ("b", " \n")]
    assert frame.negative is not None
    assert [line.label for line in frame.negative.lines] == ["Negative prompt:  ", "Negative prompt:"]
    assert frame.settings is not None
    assert [type(part) for part in frame.settings.parts[:5]] == [Setting, Separator, Junk, Separator, Setting]
    assert [(s.key, s.value) for s in frame.settings.items] == [
        ("Steps", "20"), ("Seed", "1"), ("Seed", "2"), ("VAE", None), ("X y", "p, q"),
    ]  # fmt: skip
    assert [row[:2] for row in outline(frame)][-4:] == [
        (2, "Setting 'Seed' = '1'"),
        (2, "Setting 'Seed' = '2'"),
        (2, "Setting 'VAE' without a value"),
        (2, "Setting 'X y' = '\"p, q\"'"),
    ]


def test_trees_are_values() -> None:
    assert parse_frame(TEXT) == parse_frame(TEXT)
    assert hash(parse_frame(TEXT)) == hash(parse_frame(TEXT))
    assert parse_frame("") == parse_frame("") != parse_frame(" ")
    assert isinstance(parse_frame(""), Frame)


@pytest.mark.parametrize(
    "piece", ["a\n", "aa: 1, ", "Negative prompt: a\n", " ", 'aa: "\\', "(k): v, ", "\n", ","]
)
@pytest.mark.parametrize("prefix", ["", "x\naa: 1, bb: 2, cc: 3, "])
def test_long_hostile_texts_are_read_to_the_end(prefix: str, piece: str) -> None:
    text = prefix + piece * (100_000 // len(piece)) + "x"
    assert to_source(parse_frame(text)) == text
