"""Midjourney flags behind a prompt."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mezzotint.grammar.diagnostics import Severity
from mezzotint.grammar.midjourney import FlagValue, Reference, Tail, split_tail
from mezzotint.grammar.midjourney_flags import NAMES
from mezzotint.grammar.midjourney_settings import fit_ratio, tail_settings

# Pieces that make flags, near-flags and text when put together.
PIECES = st.sampled_from(
    [
        "--",
        "—",
        "–",
        "-",
        " ",
        "\n",
        "ar",
        "no",
        "seed",
        "p",
        "16:9",
        "5",
        "-1",
        "a cat",
        ",",
        "::2",
        "random",
        "foo",
        "é",
        "<",
        "tile",
    ]
)
TEXTS = st.one_of(st.text(), st.lists(PIECES).map("".join))


def codes(tail: Tail) -> list[str]:
    return [diagnostic.code for diagnostic in tail.diagnostics]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  a cat\n",
        "a -- b",
        "a --",
        "--",
        "night—morning",
        "train — a study",
        "—and then",
        "–3 --4",
        "(a:1.2) - b",
    ],
)
def test_text_without_flags_is_unchanged(text: str) -> None:
    assert split_tail(text) == Tail(text)
    assert split_tail(text).diagnostics == ()


@pytest.mark.parametrize(
    ("text", "prompt", "values"),
    [
        ("a (cat:1.2) --ar 16:9", "a (cat:1.2)", {"aspect": (16, 9)}),
        ("a  --seed 0420 --TILE", "a", {"seed": 420, "tile": True}),
        ("--ar 1:1", "", {"aspect": (1, 1)}),
        ("a, --no dof, --ar 16:9", "a,", {"no": ("dof",), "aspect": (16, 9)}),
        ("a --no modern clothing, text --no frame", "a", {"no": ("modern clothing", "text", "frame")}),
        ("a —ar 4:5 –seed 7", "a", {"aspect": (4, 5), "seed": 7}),
        ("train — a study --ar 3:2", "train — a study", {"aspect": (3, 2)}),
        ("a --iw .5 --q 2", "a", {"iw": 0.5, "quality": 2.0}),
        ("a --w 448 --h 320", "a", {"width": 448, "height": 320}),
        ("a --w 300", "a", {"weird": 300}),
        ("a --w 300 --v 3", "a", {"width": 300, "version": "3"}),
        ("a --niji", "a", {"niji": True}),
        ("a --niji 6 --style RAW-x", "a", {"niji": "6", "style": "RAW-x"}),
        ("a --sref 12::2 <https://x.y/z.png> --sref random", "a",
         {"sref": (Reference("12", 2.0), Reference("https://x.y/z.png"), Reference("random"))}),
        ("a --p", "a", {"profile": ()}),
        ("a --stylize 2500 --v 3", "a", {"stylize": 2500, "version": "3"}),
    ],
)  # fmt: skip
def test_flags(text: str, prompt: str, values: dict[str, FlagValue]) -> None:
    tail = split_tail(text)
    assert tail.prompt == prompt
    assert tail.values() == values
    assert tail.diagnostics == ()


@pytest.mark.parametrize(
    ("text", "prompt", "expected", "marked"),
    [
        ("a --foo 3", "a", ["MZ011"], "--foo"),
        ("a --ar16:9", "a", ["MZ011"], "--ar16:9"),
        ("a --ar", "a", ["MZ012"], "--ar"),
        ("a --seed --tile", "a", ["MZ012"], "--seed"),
        ("a --ar 16x9", "a", ["MZ013"], "16x9"),
        ("a --ar 1.39:1", "a", ["MZ013"], "1.39:1"),
        ("a --ar 2:3, --v 6", "a", ["MZ013"], "2:3,"),
        ("a --v 99", "a", ["MZ013"], "99"),
        ("a --sref cat", "a", ["MZ013"], "cat"),
        ("a --ar 0:1", "a", ["MZ014"], "0:1"),
        ("a --seed -1", "a", ["MZ014"], "-1"),
        ("a --seed " + "9" * 5000, "a", ["MZ014"], "9" * 5000),
        ("a --stylize 1001", "a", ["MZ014"], "1001"),
        ("a --ar 2:3 b", "a --ar 2:3 b", ["MZ015"], "--ar 2:3 b"),
        ("a --tile b --v 6", "a --tile b", ["MZ015"], "--tile b"),
        ("a --fast --relax", "a", ["MZ016"], "--relax"),
        ("a --niji 5 --v 6", "a", ["MZ016"], "--v 6"),
        ("a --ar 1:1 --ar 2:1", "a", ["MZ017"], "--ar 1:1"),
        ("a--ar 2:3", "a--ar 2:3", ["MZ018"], "--ar"),
        ("a -ar 2:3", "a -ar 2:3", ["MZ018"], "-ar"),
        ("a - -tile", "a - -tile", ["MZ018"], "- -tile"),
        ("a --foo b c", "a --foo b c", ["MZ018"], "--foo"),
    ],
)
def test_findings(text: str, prompt: str, expected: list[str], marked: str) -> None:
    tail = split_tail(text)
    assert tail.prompt == prompt
    assert codes(tail) == expected
    span = tail.diagnostics[0].span
    assert text[span.start : span.end] == marked


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("a --s 1250", Severity.WARNING),
        ("a --iw 5", Severity.WARNING),
        ("a --s 1250 --v 6", Severity.ERROR),
        ("a --s 70000", Severity.ERROR),
        ("a --chaos 200", Severity.ERROR),
    ],
)
def test_numbers_of_an_older_version_are_refused_only_where_another_is_named(
    text: str, severity: Severity
) -> None:
    (found,) = split_tail(text).diagnostics
    assert (found.code, found.severity) == ("MZ014", severity)


def test_suggestions() -> None:
    assert "--stylize" in split_tail("a --stilize 5").diagnostics[0].help


@given(TEXTS)
def test_any_text_is_split_without_loss(text: str) -> None:
    tail = split_tail(text)
    assert text.startswith(tail.prompt)
    assert tail.flags or tail.prompt == text
    rest = text[len(tail.prompt) :]
    for flag in tail.flags:
        written = text[flag.span.start : flag.span.end]
        assert written.startswith(text[flag.name_span.start : flag.name_span.end])
        assert text[flag.value_span.start : flag.value_span.end] == flag.text
        assert written in rest
    assert all(0 <= d.span.start <= d.span.end <= len(text) for d in tail.diagnostics)
    tail.values()
    tail_settings(tail.flags)


@given(TEXTS)
def test_splitting_twice_changes_nothing(text: str) -> None:
    tail = split_tail(text)
    if not tail.flags:
        assert split_tail(tail.prompt) == tail


@pytest.mark.parametrize(
    "piece", ["--no ", "--", "- -", "--a", "--ar 1:1 ", "--sref random ", "x--ar ", "--q ", "--foo ", "—"]
)
def test_long_hostile_tails_are_read_to_the_end(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    assert text.startswith(split_tail(text).prompt)


def test_settings() -> None:
    tail = split_tail("a --ar 2:3 --seed 7 --no dog, red car --no rain --tile --v 6 --chaos 500")
    settings = tail_settings(tail.flags, (1024, 1024))
    assert settings.size == (832, 1248)
    assert settings.seed == 7
    assert settings.negative == ("dog", "red car", "rain")
    assert settings.tiling
    assert [d.code for d in settings.diagnostics] == ["MZ019"]
    assert tail_settings(()).size is None
    assert tail_settings(split_tail("a --w 449 --h 300").flags).size == (448, 304)


@given(st.integers(1, 10**18), st.integers(1, 10**18), st.sampled_from([512, 768, 1024]))
def test_fitted_sizes(width: int, height: int, side: int) -> None:
    w, h = fit_ratio(width, height, (side, side))
    assert w % 8 == h % 8 == 0
    assert abs(w * h / side**2 - 1) < 0.07
    assert fit_ratio(height, width, (side, side)) == (h, w)
    ratio = min(max(width / height, 1 / 8), 8)
    assert abs(w / h / ratio - 1) < 0.05


def test_square_stays() -> None:
    assert fit_ratio(3, 3, (512, 512)) == (512, 512)


def test_every_name_is_lower_case() -> None:
    assert all(name == name.lower() for name in NAMES)
