"""Whatever the text, a check ends, in every format, and formatting and fixing come to rest."""

import json
import xml.etree.ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mezzotint.cli.file_check import Job, check_source
from mezzotint.cli.inputs import Input
from mezzotint.cli.report.checked import Checked
from mezzotint.cli.report.formats import FORMATS, TEXT, write
from mezzotint.compiler.format_text import format_text
from mezzotint.compiler.lint.config import READINGS, Settings
from mezzotint.compiler.lint.context import FAMILIES
from mezzotint.compiler.lint.fixes import fix_text
from mezzotint.compiler.lint.selection import code_names
from mezzotint.grammar.diagnostics import render
from mezzotint.grammar.document import read_document

_PIECES = (
    *(
        "(",
        ")",
        "[",
        "]",
        ":",
        "|",
        "\\",
        "#",
        ",",
        " ",
        "\n",
        "\r\n",
        " AND ",
        "BREAK",
        "a cat",
        "<lora:x:1>",
    ),
    *(":1.2)", ":1,2)", ":0.5]", "[a:b:3]", "{a|b}", "__x__", "--ar 16:9", "--v 6", "::2", "10:30", "++"),
    *("\x00", "\x1b[31m", "\ud800", "\u2028", "\x85", "\u200b", "\ufeff", "🦊", "（", "：", "“"),
    *("\nNegative prompt: ", "\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Size: 64x64"),
    *("# mezzotint: ignore[MZ2]", "# mezzotint: ignore-file", "(a:1e999)", "(a:nan)", "9" * 40),
)
TEXTS = st.lists(st.sampled_from(_PIECES) | st.characters(), max_size=25).map("".join)
SETTINGS = st.builds(
    Settings,
    select=st.sampled_from([None, tuple(code_names())]),
    target=st.sampled_from([None, *FAMILIES]),
    dialect=st.sampled_from(READINGS),
    steps=st.sampled_from([None, 20]),
    line_mode=st.booleans(),
)


def checked(text: str, how: Settings) -> Checked:
    source = Input("a.txt", read_document(text, how.reading), "a.txt")
    return check_source(source, Job("a.txt", how, with_fixes=True))


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS, SETTINGS)
def test_every_text_is_checked_and_told_of(text: str, how: Settings) -> None:
    found = checked(text, how)
    for diagnostic in found.diagnostics:
        assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(text)
        render(diagnostic, text, "a.txt").encode()
    for output_format in FORMATS:
        if output_format != TEXT:
            told = write(output_format, [found])
            told.encode()
            if output_format == "junit":
                ET.fromstring(told)  # noqa: S314, our own output
            elif output_format in ("json", "sarif", "gitlab"):
                json.loads(told)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS, SETTINGS, st.booleans())
def test_every_text_is_formatted_and_fixed(text: str, how: Settings, unsafe: bool) -> None:
    formatted = format_text(text, how.reading)
    assert format_text(formatted, how.reading) == formatted
    fix_text(text, how.reading, context=how.context(how.selection()), unsafe=unsafe)


@pytest.mark.parametrize("nest", ["(", "[", "{", "((a:1.1), ", "[a|", "[a:", "<lora:", "--no ", "# ", "\\"])
def test_deep_texts_are_checked(nest: str) -> None:
    text = nest * 200
    assert checked(text, Settings()).error == ""
    format_text(text)
