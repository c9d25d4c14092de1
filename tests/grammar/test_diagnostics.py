"""What a reader sees of a finding."""

from hypothesis import given
from hypothesis import strategies as st

from mezzotint.grammar.diagnostics import WIDTH, Diagnostic, printable, render
from mezzotint.grammar.span import Span


def shown(source: str, start: int, end: int) -> list[str]:
    return render(Diagnostic("MZ999", "something", Span(start, end), help="do it"), source).split("\n")


def test_the_line_the_caret_and_the_remedy() -> None:
    assert shown("a\nb cat d", 4, 7) == [
        "<prompt>:2:3: warning MZ999 something",
        "    b cat d",
        "      ^^^",
        "    help: do it",
    ]


def test_of_a_long_line_the_part_around_the_place_is_shown() -> None:
    source = "x" * 5000 + "cat" + "y" * 5000
    _, line, carets, _ = shown(source, 5000, 5003)
    assert len(line) < WIDTH + 10
    assert line.strip().startswith("…x")
    assert line.endswith("y…")
    assert line[carets.index("^") :].startswith("cat")
    assert len(shown(source, 0, 9000)[2]) < WIDTH + 10


@given(st.text(), st.text(min_size=1), st.text())
def test_the_caret_stands_under_the_place(before: str, marked: str, after: str) -> None:
    source = before + marked + after
    head, line, carets, _ = shown(source, len(before), len(before) + len(marked))
    first = printable(marked.split("\n")[0])[: len(carets.strip())]
    assert set(carets.strip()) == {"^"}
    assert len(carets.strip()) == max(1, len(first))
    assert line[carets.index("^") :].startswith(first)
    assert head.startswith(f"<prompt>:{before.count(chr(10)) + 1}:")
    assert line.isprintable()
