"""Build the tables of every grammar with Lark, and write them as modules of ``mezzotint.grammar.tables``.

``python -m mezzotint.grammar.generate`` after a change of a ``.lark`` file; a test compares them.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lark import Lark
from lark.lexer import Lexer

from mezzotint.grammar.lalr import ANY, END

GRAMMARS = {
    "prompt": "prompt.lark",
    "infotext": "infotext/infotext.lark",
    "sheet": "styles/sheet.lark",
    "template": "styles/template.lark",
}
"""Module of the tables to the grammar it is made of, in ``mezzotint/grammar``."""
HERE = Path(__file__).parent
TABLES = HERE / "tables"

_HEAD = '''"""Made of {grammar} by ``python -m mezzotint.grammar.generate``; do not edit."""

from mezzotint.grammar.lalr import Tables

'''


class _NoLexer(Lexer):
    """Lark asks for a lexer even when only the tables are wanted."""

    def __init__(self, lexer_conf: Any) -> None:
        """Nothing is configured."""

    def lex(self, data: Any, _parser_state: Any = None) -> Iterator[Any]:
        return iter(data)


def module_text(name: str) -> str:
    """The source of a tables module."""
    grammar = GRAMMARS[name]
    text = (HERE / grammar).read_text(encoding="utf-8")
    lark: Any = Lark(text, parser="lalr", lexer=_NoLexer)
    table = lark.parser.parser._parse_table
    rules = list(lark.rules)
    numbers = {rule: index for index, rule in enumerate(rules)}
    order = _order(table)
    renumbered = {state: index for index, state in enumerate(order)}
    (final,) = table.end_states.values()
    rows = [_row(table.states[state], renumbered, numbers, is_final=state == final) for state in order]
    distinct = list(dict.fromkeys(rows))
    lines = [f"_{index} = {row}" for index, row in enumerate(distinct)]
    states = ", ".join(f"_{distinct.index(row)}" for row in rows)
    shapes = "\n".join(f"        {_rule(rule)}," for rule in rules)
    lines.append(f"TABLES: Tables = (\n    ({states}),\n    (\n{shapes}\n    ),\n)")
    return _HEAD.format(grammar=grammar) + "\n".join(lines) + "\n"


def _order(table: Any) -> list[Any]:
    """The states as they are reached from the first, by symbol name: Lark's numbers vary between runs."""
    order = list(table.start_states.values())
    for state in order:
        for _, (action, target) in sorted(table.states[state].items()):
            if action.name == "Shift" and target not in order:
                order.append(target)
    return order


def _row(
    actions: Mapping[str, Any], states: Mapping[Any, int], rules: Mapping[Any, int], *, is_final: bool
) -> str:
    if is_final:
        return repr({END: 0})  # the sentence is complete: where it goes is not looked at
    steps = {
        symbol: states[target] if action.name == "Shift" else ~rules[target]
        for symbol, (action, target) in sorted(actions.items())
    }
    (first, *others) = set(steps.values())
    return repr({ANY: first} if first < 0 and not others else steps)


def _rule(rule: Any) -> tuple[str, str, str]:
    """The rule as :class:`mezzotint.grammar.lalr.Rules` has it; names with ``_`` are helpers, as in Lark."""
    origin = str(rule.origin.name)
    shape = "".join(_mode(symbol) for symbol in rule.expansion)
    if origin.startswith("_"):
        return origin, shape, ""
    is_one = rule.options.expand1 and len(shape.replace("d", "")) == 1
    return origin, shape, "=" if is_one and not rule.alias else str(rule.alias or origin)


def _mode(symbol: Any) -> str:
    if not symbol.name.startswith("_"):
        return "k"
    return "d" if symbol.is_term else "s"


def main() -> None:
    """Write every tables module."""
    for name in GRAMMARS:
        (TABLES / f"{name}.py").write_text(module_text(name), encoding="utf-8")


if __name__ == "__main__":
    main()
