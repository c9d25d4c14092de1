"""What is worked out of a document, without any protocol."""

import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mezzotint.cli.lsp_tools import TOOLS
from mezzotint.compiler.equivalence import means_same
from mezzotint.compiler.lint.fixes import apply
from mezzotint.compiler.lower import compile_prompt
from mezzotint.grammar.document import read_document
from mezzotint.grammar.errors import PromptError
from mezzotint.grammar.span import Span
from mezzotint.lsp.actions import difference, fix_all, quick_fixes
from mezzotint.lsp.analysis import MAX_FINDINGS, MAX_PROOF, Analysis
from mezzotint.lsp.completion import complete
from mezzotint.lsp.configuration import Configurations, Setup
from mezzotint.lsp.effective import Reading, ranges
from mezzotint.lsp.formatting import format_edits, format_range
from mezzotint.lsp.hints import hints
from mezzotint.lsp.hover import code, hover
from mezzotint.lsp.names import _indexed_names
from mezzotint.lsp.outline import folds, symbols
from mezzotint.lsp.python_strings import python_regions
from mezzotint.lsp.regions import Kind
from mezzotint.lsp.settings import OPTIONS, Settings, read_settings
from mezzotint.lsp.versions import Documents
from mezzotint.runtime.index.entry import Entry, Stamp
from mezzotint.runtime.models.identify import Kind as ModelKind

LETTERS = " ()[]:|\\#\n\"'\x00\u200b\U0001f408"
WORDS = (
    "cat",
    ", ",
    ":1.2",
    "\r\n",
    "<lora:q:1>",
    " AND ",
    "BREAK",
    "1.2.3",
    "1e999",
    "__x__",
    "prompt=",
    " --ar 1:1",
)
LINES = ("Negative prompt: ", "Steps: 20, Seed: 1, Size: 8x8", "name,prompt,negative_prompt\n")
PIECES = st.sampled_from([*LETTERS, *WORDS, *LINES])
TEXTS = st.lists(PIECES, max_size=25).map("".join)
NAMES = ["mezzotint", *Settings._fields, *OPTIONS]


def analysis(source: str, kind: Kind = Kind.PROMPT, *, hints: bool = True) -> Analysis:
    return Analysis(source, kind, Setup(TOOLS, "/styles.csv" if kind is Kind.STYLES else "", hints=hints))


@given(TEXTS, st.sampled_from(list(Kind)), st.integers(0, 100))
@example("[a:b:1e999]", Kind.PROMPT, 4)
def test_nothing_fails_on_any_text(text: str, kind: Kind, offset: int) -> None:
    one, offset = analysis(text, kind), min(offset, len(text))
    everything = Span(0, len(text))
    places = [d.span for d in one.diagnostics] + [m.span for m in one.marks] + folds(one)
    told = hover(one, offset)
    places += [told.span] if told else []
    places += [symbol.span for symbol in symbols(one)] + [offer.span for offer in complete(one, offset)]
    assert all(0 <= span.start <= span.end <= len(text) for span in places)
    assert all(0 <= hint.offset <= len(text) for hint in hints(one, everything))
    apply(text, format_edits(one))
    apply(text, format_range(one, Span(offset // 2, offset)))
    apply(text, fix_all(one))
    for action in quick_fixes(one, everything):
        apply(text, action.fix.edits)


@given(TEXTS)
def test_weights_are_the_compilers(text: str) -> None:
    """Every letter of a prompt without schedules weighs what its segment does."""
    text = text.replace("[", "").replace("#", "")
    try:
        reading = Reading(text, negative=False, steps=20)
        program = compile_prompt(text)
    except PromptError:
        return
    pieces = [piece for branch in program.positive for piece in branch.timeline[0].pieces if piece.span]
    for offset, letter in enumerate(text):
        place = reading.find(offset)
        around = [p for p in pieces if p.span and p.span.start <= offset < p.span.end]
        if letter.isalpha() and place and len(around) == 1 and hasattr(around[0], "weight"):
            assert reading.weight(place) == around[0].weight


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ('prompt = "a cat"', ["a cat"]),
        ('self.negative_prompt: str = "bad"', ["bad"]),
        ('run(prompt="a", steps=3, other="b")', ["a"]),
        ("x = {'prompt': 'a', 'seed': 'b'}", ["a"]),
        ("prompts = ['a', 'b', c]", ["a", "b"]),
        ('prompt = ("a \\"b\\" "\n  r"\\(c"  # why\n  "é\\u00e9")', ['a "b" \\(céé']),
        ('prompt = """a\n\tb"""', ["a\n\tb"]),
        ('prompt = f"a {x}"', []),
        ('prompt = b"a"', []),
        ("prompt = (", []),
        ("prompt = 'a\\\nb'", ["ab"]),
        ("prompt = '\x00'", []),
    ],
)
def test_prompts_in_programs(source: str, texts: list[str]) -> None:
    regions = python_regions(source)
    assert [region.text for region in regions] == texts
    for region in regions:
        for at, letter in enumerate(region.text):
            there = source[region.map.offset(at)]
            assert there in (letter, "\\")
            assert region.inner(region.map.offset(at)) == at


@given(st.text(max_size=20), st.booleans())
def test_any_string_literal_is_found_where_it_stands(text: str, is_long: bool) -> None:
    literal = repr(text) if not is_long else f'"""{text.encode("unicode_escape").decode()}"""'
    source = f"é = 1; prompt = {literal}"
    try:
        compile(source, "", "exec")
    except (SyntaxError, ValueError):
        return
    for region in python_regions(source):
        inner = region.map.span(Span(0, len(region.text)))
        assert source.index("prompt = ") + 9 < inner.start < inner.end < len(source)


def test_comments_switch_findings_off() -> None:
    assert analysis("a clock 10:30").diagnostics
    assert not analysis("# mezzotint: ignore[MZ201]\na clock 10:30").diagnostics


def test_lines_are_prompts_if_asked_for() -> None:
    settings = Settings(options={"line_mode": True})
    documents = Documents(settings=settings, configurations=Configurations(TOOLS))
    one = documents.open("file:///a.txt", "plaintext", 1, "a clock 10:30\r\n\n(cat\n").current.analysis
    assert [region.text for region in one.regions] == ["a clock 10:30", "(cat"]
    assert [(d.code, d.span) for d in one.diagnostics] == [("MZ201", Span(10, 13)), ("MZ003", Span(16, 17))]


@given(
    st.lists(
        st.sampled_from(["cat", "(red:1.2)", "[x:y:5]", "((tree))", "# no\n", "BREAK", "it's"]), max_size=9
    )
)
def test_tokens_spell_their_word(words: list[str]) -> None:
    text = " ".join(words)
    reading = Reading(text, negative=False, steps=20)
    for found in re.finditer("cat|red|tree|x|y|it", text):
        place = reading.find(found.start())
        if place is not None:
            seen = reading.tokens(place, len(found[0]))
            assert seen is not None
            assert "".join(seen.tokens).removesuffix("</w>") == found[0]


def test_fixes_are_spelled_for_their_document() -> None:
    sheet = 'name,prompt,negative_prompt\nx,"a \u200b""cat"", b",\n'
    one = analysis(sheet, Kind.STYLES)
    fixed = apply(sheet, fix_all(one))
    assert fixed.count('""cat""') == 1


def test_data_files_are_rewritten_where_their_prompts_stand() -> None:
    source = '{"prompt": "a  \\"cat\\", b ,c", "note": "a  cat ,b", "negative_prompt": "bad  hand"}'
    one = Analysis(source, Kind.PROMPT, Setup(TOOLS, "/a.json"))
    wanted = '{"prompt": "a \\"cat\\", b, c", "note": "a  cat ,b", "negative_prompt": "bad hand"}'
    assert apply(source, format_edits(one)) == wanted
    near_end = Span(len(source) - 5, len(source))
    assert apply(source, format_range(one, near_end)) == source.replace("bad  hand", "bad hand")
    assert [symbol.name for symbol in symbols(one)] == ["prompt", "negative_prompt"]


@given(TEXTS, st.integers(0, 30), st.integers(0, 30))
def test_a_range_is_formatted_alone(text: str, start: int, length: int) -> None:
    place = Span(min(start, len(text)), min(start + length, len(text)))
    done = apply(text, format_range(analysis(text), place))
    assert done.startswith(text[: place.start])
    assert done.endswith(text[place.end :])
    assert means_same(read_document(text).prompt, read_document(done).prompt)


def test_names_come_from_the_index_of_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def entry(name: str, kind: ModelKind) -> Entry:
        return Entry(tmp_path / name, Stamp(1, 1), kind, None, name)

    entries = (entry("style.safetensors", ModelKind.LORA), entry("bad.pt", ModelKind.EMBEDDING))
    monkeypatch.setattr("mezzotint.runtime.index.index.known_entries", lambda: entries)
    _indexed_names.cache_clear()
    assert [offer.text for offer in complete(analysis("<lora:st"), 8)] == ["style:1>"]
    assert [offer.text for offer in complete(analysis("a, ba"), 5)] == ["bad"]
    assert not [one for one in analysis("<lora:other:1>").diagnostics if one.code == "MZ401"]
    _indexed_names.cache_clear()


def test_hover_in_a_prompt_that_does_not_compile() -> None:
    told = hover(analysis("a (cat:1.2.3)"), 4)
    assert told is not None
    assert "does not compile" in told.markdown


def test_much_is_bounded() -> None:
    one = analysis("a)\n" * 3000)
    assert len(one.diagnostics) == MAX_FINDINGS + 1
    assert one.diagnostics[-1].message == "2000 more findings are not shown"
    assert len(one.source) * MAX_FINDINGS > MAX_PROOF
    assert not one.fixable
    assert not fix_all(one)


def test_hints_can_be_switched_off() -> None:
    assert [h.label for h in hints(analysis("((a))"), Span(0, 5))] == ["=1.21"]
    assert hints(analysis("((a))", hints=False), Span(0, 5)) == []


@given(TEXTS, TEXTS)
def test_one_edit_makes_a_text_another(before: str, after: str) -> None:
    assert apply(before, difference(before, after)) == after


def test_ranges_in_words() -> None:
    assert ranges((1, 2, 3, 7)) == "1-3, 7"
    assert ranges((1, 3, 5, 7)) == "1, 3, 5 … 7"
    assert ranges(()) == ""


@given(st.text(max_size=20))
def test_code_cannot_end_early(text: str) -> None:
    shown = code(text)
    fence = shown[: len(shown) - len(shown.lstrip("`"))]
    assert fence not in shown[len(fence) : -len(fence)]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.sampled_from(["mezzotint", *Settings._fields, *OPTIONS]), inner)
        ),
    )
)
def test_any_settings_are_read(value: object) -> None:
    settings, problems = read_settings(value)
    assert isinstance(settings.networks, tuple)
    assert all("must be" in problem for problem in problems)
