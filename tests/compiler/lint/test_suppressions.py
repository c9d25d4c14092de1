"""Comments that switch findings off, those that switch nothing off, and those that are not understood."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mezzotint.compiler.equivalence import means_same
from mezzotint.compiler.lint.context import HOME, Context
from mezzotint.compiler.lint.fixes import apply, keeps_meaning
from mezzotint.compiler.lint.lint import lint
from mezzotint.compiler.lint.rules import RULES
from mezzotint.compiler.lint.unused import heeded
from mezzotint.grammar.diagnostics import Diagnostic

BY_CODE = {row.code: row for row in RULES}


def find(text: str, context: Context = HOME) -> list[Diagnostic]:
    return heeded(lint(text, context=context), text, context, keeps_meaning)


def codes(text: str, context: Context = HOME) -> list[str]:
    return [one.code for one in find(text, context)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("(a:1,3) # mezzotint: ignore[MZ009]", []),
        ("(a:1,3) # mezzotint: disable[MZ009]\n(b:1,3)\n# mezzotint: enable[MZ009]\n(c:1,3)", ["MZ009"]),
        ("# mezzotint: disable\n(b:1,3)\n# mezzotint: enable\nc", []),
        ("# mezzotint: disable[MZ009]\n# mezzotint: disable[MZ201]\n(b:1,3) 10:30", []),
        ("# mezzotint: disable[MZ009]\n(b:1,3)\n# mezzotint: enable[MZ201]\n(c:1,3)", ["MZ107"]),
        ("a # mezzotint: ignore[MZ009]", ["MZ106"]),
        ("a # mezzotint: ignore", ["MZ106"]),
        ("(a:1,3) # mezzotint: ignore[MZ009, MZ201, decimal-comma]", ["MZ106"]),
        ("a # mezzotint: ignore[MZ999]", ["MZ107"]),
        ("a # mezzotint: ignore[]", ["MZ107"]),
        ("a # mezzotint: ignores", ["MZ107"]),
        ("a # mezzotint: noqa", ["MZ107"]),
        ("a # mezzotint: enable", ["MZ107"]),
        ("a # mezzotint: ignore[MZ104]", []),  # off by default: nothing is known of it
        ("a # mezzotint: ignore[MZ401]", []),  # nor of networks that are not told
        ("a # mezzotint: ignore[MZ304]", []),  # nor of other programs
        ("a # mezzotint: ignore[MZ009, MZ106]", []),
        ("# mezzotint: ignore-file[MZ107]\na # mezzotint: ignore[MZ999]", []),
    ],
)
def test_comments(text: str, found: list[str]) -> None:
    assert codes(text) == found


def test_only_of_rules_that_ran_something_is_said() -> None:
    context = Context(rules=(BY_CODE["MZ009"],))
    text = "a # mezzotint: ignore[{}]"
    assert codes(text.format("MZ009"), context) == ["MZ106"]
    for other in ("MZ201", "MZ0", "ALL"):
        assert codes(text.format(other), context) == []
    assert codes("a # mezzotint: ignore", context) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a cat  # mezzotint: ignore[MZ009] why\nb", "a cat\nb"),
        ("a\n  # mezzotint: ignore[MZ009]\nb", "a\nb"),
        ("a\n# mezzotint: ignore-file[MZ009]", "a"),
        ("a\r\n# mezzotint: ignore[MZ009]\r\nb", "a\r\nb"),
        ("a # mezzotint: ignore[MZ009]\r\nb", "a\r\nb"),
        ("(a:1,3) # mezzotint: ignore[MZ009, MZ201]", "(a:1,3) # mezzotint: ignore[MZ009]"),
        ("(a:1,3) # mezzotint: ignore[MZ201,  MZ009]", "(a:1,3) # mezzotint: ignore[  MZ009]"),
    ],
)
def test_what_switches_nothing_off_is_taken_out(before: str, after: str) -> None:
    (found,) = find(before)
    (fix,) = found.fixes
    assert fix.is_safe
    assert apply(before, fix.edits) == after


PIECES = ["(a:1,3)", "a", "\n", "\r\n", ", ", "# note", "# mezzotint: ignore[MZ009]", "10:30", "(", ")"]
MORE = [
    " # mezzotint: ignore",
    "# mezzotint: disable[MZ2]",
    "# mezzotint: enable",
    "#mezzotint:ignore[MZ009,x]",
]


@given(st.lists(st.sampled_from(PIECES + MORE), max_size=10).map("".join))
def test_fixes_keep_the_meaning(text: str) -> None:
    for one in find(text):
        for fix in one.fixes:
            assert means_same(text, apply(text, fix.edits))
