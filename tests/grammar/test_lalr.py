"""The tables that Lark built, and the automaton that runs them."""

from importlib import import_module

import pytest

from mezzotint.grammar.generate import GRAMMARS, TABLES, module_text
from mezzotint.grammar.lalr import Tables, Token, run

LIST: Tables = (  # start: X* by hand
    (
        {"$END": ~0, "X": 2, "_xs": 1, "start": 3},
        {"$END": ~1, "X": 4},
        {"$END": ~2, "X": ~2},
        {"$END": 0},
        {"$END": ~3, "X": ~3},
    ),
    (("start", "", "start"), ("start", "s", "start"), ("_xs", "k", ""), ("_xs", "sk", "")),
)


@pytest.mark.parametrize("name", GRAMMARS)
def test_tables_are_those_of_their_grammar(name: str) -> None:
    text = (TABLES / f"{name}.py").read_text(encoding="utf-8")
    assert text == module_text(name), "run python -m mezzotint.grammar.generate"
    assert import_module(f"mezzotint.grammar.tables.{name}").TABLES


@pytest.mark.parametrize("count", [0, 1, 2, 100_000])
def test_a_list_of_tokens(count: int) -> None:
    tokens = [Token("X", "x", at) for at in range(count)]
    assert run(LIST, tokens, {"start": tuple}) == tuple(tokens)


def test_a_token_that_cannot_follow() -> None:
    with pytest.raises(KeyError, match=r"\*"):
        run(LIST, [Token("Y", "y", 0)], {"start": tuple})
    assert repr(Token("Y", "y", 3)) == "Token(Y, 'y', 3)"
