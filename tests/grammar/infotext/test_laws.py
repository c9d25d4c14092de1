"""Laws of reading and writing that hold for every text."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mezzotint.grammar.infotext.ambiguity import diagnose
from mezzotint.grammar.infotext.build import join
from mezzotint.grammar.infotext.effective import InfotextError, effective
from mezzotint.grammar.infotext.items import scan_items
from mezzotint.grammar.infotext.losses import find_losses
from mezzotint.grammar.infotext.quoting import quote, unquote
from mezzotint.grammar.infotext.record import Infotext, Setting
from mezzotint.grammar.infotext.samplers import resolve_hires_sampler
from mezzotint.grammar.infotext.text import is_infotext, parse, render
from mezzotint.grammar.infotext.versions import parse_version

# Pieces of which most combinations are infotexts or nearly so.
PIECES = st.sampled_from(
    ["Negative prompt:", "Steps: 20", "Seed: 1", "aa", "bb", ":", ",", ", ", '"', "\\", "\n", "\r", " ", "x",
     "é猫", "\u2028", "\x85", "Size: 4x5", "First pass size: 0x0", "Version: v1.5.0", "Hires prompt: b",
     "[", "(", "-", "/"]
)  # fmt: skip
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=30).map("".join))
VALUES = st.one_of(TEXTS, st.integers(), st.floats(), st.booleans(), st.none())
KEYS = st.one_of(st.sampled_from(["Steps", "Seed", "aa", "Key 1", "x/y"]), TEXTS)


def no_emphasis(_: str) -> list[tuple[str, float]]:
    return []


@given(TEXTS)
def test_rendering_a_record_keeps_it(text: str) -> None:
    record = parse(text)
    assert parse(render(record)) == record


@given(TEXTS)
def test_spans_hold_what_was_read(text: str) -> None:
    record = parse(text)
    for setting in record.settings:
        assert text[setting.key_span.start : setting.key_span.end] == setting.key
        assert text[setting.value_span.start : setting.value_span.end] == setting.raw
    for prompt, where in ((record.prompt, record.prompt_map), (record.negative_prompt, record.negative_map)):
        for at, character in enumerate(prompt):
            offset = where.offset(at)
            assert 0 <= offset < len(text)
            if character != "\n":
                assert text[offset] == character
    assert (record.settings_span is not None) == bool(record.settings) == is_infotext(text)


@given(TEXTS)
def test_everything_can_be_asked_of_any_text(text: str) -> None:
    record = parse(text)
    for finding in diagnose(record):
        assert 0 <= finding.span.start <= finding.span.end <= len(text)
    record.size()
    try:
        resolve_hires_sampler(effective(record, no_emphasis))
    except InfotextError as error:
        assert "First pass size" in str(error)  # noqa: PT017


@given(TEXTS, TEXTS, st.dictionaries(KEYS, VALUES, max_size=5))
def test_losses_are_all_that_is_lost(
    prompt: str, negative: str, items: dict[str, str | int | float | None]
) -> None:
    if find_losses(prompt, negative, items):
        return
    record = parse(join(prompt, negative, items))
    assert (record.prompt, record.negative_prompt) == (prompt, negative)
    assert [(s.key, s.value) for s in record.settings] == [
        (k, str(v)) for k, v in items.items() if v is not None
    ]


@given(TEXTS)
def test_quoting(value: str) -> None:
    written = quote(value)
    if written != value:
        assert unquote(written) == value
        items = [(s.key, s.value) for s in scan_items(f"aa: {written}, bb: 1")]
        assert items == [("aa", value), ("bb", "1")]


@given(TEXTS)
def test_settings_survive_alone(value: str) -> None:
    settings = (Setting.of("aa", 1), Setting.of("bb", value), Setting.of("cc", 2.5))
    record = Infotext("p", "n", settings)
    if value == value.strip():
        assert parse(render(record)) == record


@given(st.text(st.sampled_from("v1.0-+!abrcdevpost ")))
def test_any_version(text: str) -> None:
    parse_version(text)


LIMIT = 20  # seconds, which tell the square of the length from a busy machine; each takes a fifth of one
PREFIXES = ["", "x\naa: 1, bb: 2, cc: ", 'x\naa: 1, bb: 2, cc: "']
HOSTILE = [
    "a: ", "aa: ", '"\\', 'aa: "\\', 'aa: "\\", ', "a ", " ", "\t", "\n", "a\n", "aa: ,", "-/", 'aa:"',
    "Hashes: {", "Negative prompt:", "Negative prompt: a\n", "First pass size: 9x9, ",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.parametrize("prefix", PREFIXES)
def test_no_text_hangs(prefix: str, piece: str) -> None:
    text = prefix + piece * (200_000 // len(piece))
    start = time.process_time()  # others may be at work
    record = parse(text)
    render(record)
    assert time.process_time() - start < LIMIT
