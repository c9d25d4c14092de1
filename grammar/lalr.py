"""Parsing by tables that Lark built: an LALR(1) automaton over tokens classified before.

:mod:`mezzotint.grammar.tables` holds the tables, :mod:`mezzotint.grammar.generate` makes them.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

END = "$END"
ANY = "*"
"""Stands for every symbol in a state that can only be reduced."""


class Token:
    """A piece of text and what it is; the kind may be settled later than the text."""

    __slots__ = ("kind", "start", "text")

    def __init__(self, kind: str, text: str, start: int) -> None:
        self.kind, self.text, self.start = kind, text, start

    @property
    def end(self) -> int:
        """Where the next token begins."""
        return self.start + len(self.text)

    def __repr__(self) -> str:
        return f"Token({self.kind}, {self.text!r}, {self.start})"


States: TypeAlias = tuple[Mapping[str, int], ...]
"""For each state what follows each symbol: ``n >= 0`` is to go to state ``n``, ``~r`` to reduce by rule
``r``. State 0 is the first."""

Rules: TypeAlias = tuple[tuple[str, str, str], ...]
"""For each rule its name; one letter for each symbol, whether its value is kept (``k``), dropped (``d``) or
is a list whose items are taken over (``s``); and what makes its value: the name of an action, ``""`` for a
plain list, ``"="`` for its only child."""

Tables: TypeAlias = tuple[States, Rules]
"""The automaton of a grammar."""

Action: TypeAlias = Callable[[list[Any]], Any]


def run(tables: Tables, tokens: Iterable[Token], actions: Mapping[str, Action]) -> Any:
    """The value of a sentence; linear in its length.

    Raises:
        KeyError: the tokens are no sentence of the grammar, which every classified text is.
    """
    table, rules = tables
    states, values = [0], list[Any]()
    for token in (*tokens, Token(END, "", 0)):
        kind = token.kind
        while (step := _step(table[states[-1]], kind)) < 0:
            name, shape, action = rules[~step]
            if shape:
                parts = _children(shape, values[-len(shape) :])
                del values[-len(shape) :], states[-len(shape) :]
            else:
                parts = []
            values.append(parts if not action else parts[0] if action == "=" else actions[action](parts))
            states.append(table[states[-1]][name])
        states.append(step)
        values.append(token)
    return values[0]


def _step(row: Mapping[str, int], kind: str) -> int:
    step = row.get(kind)
    return row[ANY] if step is None else step


def _children(shape: str, parts: list[Any]) -> list[Any]:
    """What a rule keeps of its symbols' values; a list at the beginning is extended in place."""
    if shape == "k":
        return parts
    kept: list[Any] = parts[0] if shape[0] == "s" else [parts[0]] if shape[0] == "k" else []
    for mode, part in zip(shape[1:], parts[1:], strict=True):
        if mode == "k":
            kept.append(part)
        elif mode == "s":
            kept += part
    return kept
