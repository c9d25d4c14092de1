"""Style sheets are read as Python's csv module reads them, and nothing of them is lost."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mezzotint.grammar.render import to_json
from mezzotint.grammar.styles.display import to_source
from mezzotint.grammar.styles.nodes import Addition, Blank, Cell, Row, Wrapper
from mezzotint.grammar.styles.parser import parse_sheet, parse_template
from mezzotint.grammar.styles.styles import (
    Style,
    StyleSheetError,
    choose_styles,
    read_styles,
    render_styles,
)
from mezzotint.grammar.walk import walk

PIECES = st.sampled_from(
    ['"', '""', ",", " ", "\n", "\r", "\r\n", "a", "#b", "{prompt}", "é", "\t", "\u2028", "\0"]
)
SHEETS = st.one_of(st.text(), st.lists(PIECES, max_size=30).map("".join))
HEADERS = st.sampled_from(
    [
        "name,prompt,negative_prompt",
        "name,text",
        "prompt, name",
        '"name",prompt,name',
        "name,negative_prompt,text",
    ]
)


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), skipinitialspace=True))


@given(SHEETS)
def test_values_are_those_of_the_csv_module(text: str) -> None:
    sheet = parse_sheet(text)
    got = [[cell.value for cell in row.cells] if isinstance(row, Row) else [] for row in sheet.rows]
    assert got == rows(text.removeprefix("\ufeff"))


@given(SHEETS)
def test_the_tree_gives_back_the_source(text: str) -> None:
    sheet = parse_sheet(text)
    assert to_source(sheet) == text
    for node in walk(sheet):
        assert to_source(node) == text[node.span.start : node.span.end]
        if isinstance(node, Cell):
            for at, character in enumerate(node.value):
                assert text[node.map.offset(at)] == character
    assert to_json(sheet, text)["type"] == "Sheet"


@given(HEADERS, SHEETS)
def test_styles_are_those_of_a_dict_reader(header: str, body: str) -> None:
    text = f"{header}\r\n{body}"
    found = csv.DictReader(io.StringIO(text, newline=""), skipinitialspace=True)
    expected = [
        Style(
            row["name"] or "",
            (row["prompt"] if "prompt" in row else row["text"]) or "",
            row.get("negative_prompt") or "",
        )
        for row in found
        if not (row["name"] or "").startswith("#")
    ]
    assert list(read_styles(text)) == expected


TEXTS = st.text().map(lambda text: text.lstrip(" "))


@given(st.lists(st.builds(Style, TEXTS.filter(lambda name: not name.startswith("#")), TEXTS, TEXTS)))
def test_what_is_written_comes_back(styles: list[Style]) -> None:
    assert list(read_styles(render_styles(styles))) == styles


def test_a_sheet_with_everything() -> None:
    text = (
        '\ufeffname, prompt,negative_prompt\r\n'
        '# a comment,x,y\n'
        '\r\n'
        'Wrap,"art of {prompt}, ""by"" greg",ugly\n'
        'Short,8k\n'
        'Open,"never closed'
    )  # fmt: skip
    styles = read_styles(text)
    assert styles == (
        Style("Wrap", 'art of {prompt}, "by" greg', "ugly"),
        Style("Short", "8k", ""),
        Style("Open", "never closed", ""),
    )
    wrap = styles[0]
    assert text[wrap.span.start : wrap.span.end].startswith("Wrap,")
    assert text[wrap.prompt_map.offset(wrap.prompt.index("greg")) :].startswith("greg")
    assert text[wrap.negative_map.offset(0) :].startswith("ugly")
    sheet = parse_sheet(text)
    assert sheet.mark == "\ufeff"
    assert isinstance(sheet.rows[2], Blank)


@pytest.mark.parametrize("text", ["a,b\nc,d", "\nname,prompt\nc,d", "name,negative_prompt\n", '"name\n'])
def test_what_is_no_style_sheet(text: str) -> None:
    with pytest.raises(StyleSheetError, match="first line"):
        read_styles(text)
    assert read_styles("") == ()


def test_the_last_style_of_a_name_counts() -> None:
    styles = (Style("a", "1"), Style("b", "2"), Style("a", "3"))
    assert choose_styles(styles, ["a", "c"]) == (Style("a", "3"), Style("c"))


@given(st.lists(st.sampled_from(["{prompt}", "a", "{", "}", " "])).map("".join))
def test_templates(text: str) -> None:
    template = parse_template(text)
    assert to_source(template) == text
    for node in walk(template):
        assert to_source(node) == text[node.span.start : node.span.end]
    if isinstance(template, Wrapper):
        assert list(template.texts) == text.split("{prompt}")
    else:
        assert isinstance(template, Addition)
        assert "{prompt}" not in text


@pytest.mark.parametrize("piece", [",", '"', '""', "\n", "a\n", " ", 'a,"b""c"\r\n', "a,b,c\n", "{prompt}"])
@pytest.mark.parametrize("prefix", ["name,prompt\n", 'name,prompt\na,"'])
def test_long_hostile_sheets_are_read_to_the_end(prefix: str, piece: str) -> None:
    text = prefix + piece * (30_000 // len(piece))
    assert len(read_styles(text)) <= len(text)
    assert to_source(parse_template(text)) == text
