"""How fast prompts are read, next to other parsers, and that the time grows with the length alone.

Reads `prompts.txt` beside this file: to the tree, to the program (IR), to chunks of tokens. In the same run:
a bare regular expression over the text (the floor for Python), compel's and dynamicprompts' parsers, and the
same language as a straightforward Lark grammar for an Earley parser. Prompts are taken in the best of several
rounds; peers that take many milliseconds a prompt get a share of the prompts, and the ratio is to our tree on
that share. Python's cyclic garbage collector is off while texts of many sizes are compared, as `timeit`
has it: its own work grows faster than the text. Needs `pip install compel dynamicprompts` beside
`mezzotint[render,dev]`; peers that are not installed are left out. With an argument, writes the figures there
as JSON.
"""

import gc
import json
import math
import platform
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from lark import Lark

from mezzotint.compiler.lower import compile_prompt
from mezzotint.compiler.passes.chunk import chunk
from mezzotint.compiler.tokens.clip import clip_tokenizer
from mezzotint.grammar.parser import parse

PROMPTS = Path(__file__).with_name("prompts.txt").read_text(encoding="utf-8").splitlines()
ROUNDS = 5
SLOW_SHARE = 20  # every so-manyth prompt for peers that are slow

EARLEY = r"""
start: (item | STRAY)*
item: TEXT | emphasis | deemphasis | scheduled | alternation
emphasis: "(" item* (":" NUMBER)? ")"
deemphasis: "[" item* "]"
scheduled: "[" (item* ":")? item* ":" NUMBER "]"
alternation: "[" item* ("|" item*)+ "]"
TEXT: /(\\.|[^\\()\[\]:|])+/
STRAY: /[()\[\]:|\\]/
NUMBER: /\s*[+-]?[\d.]+\s*/
"""

SHAPES: dict[str, Callable[[int], str]] = {
    "(((": lambda n: "(" * n,
    "[[a]]": lambda n: "[" * (n // 2) + "a" + "]" * (n // 2),
    "([)]": lambda n: "([)]" * (n // 4),
    "[a:b:": lambda n: "[a:b:" * (n // 5),
    "[a|b]": lambda n: "[a|b]" * (n // 5),
    ":::": lambda n: ":" * n,
    "<a:": lambda n: "<a:" * (n // 3),
    "#a": lambda n: "#a\n" * (n // 3),
    "words": lambda n: "red cat, " * (n // 9),
}


def read_tree(prompt: str) -> object:
    """Text to syntax tree."""
    return parse(prompt)


def read_chunks(prompt: str) -> object:
    """Text to the chunks of every branch and schedule entry."""
    branches = compile_prompt(prompt).positive
    return [chunk(entry.pieces, clip_tokenizer()) for branch in branches for entry in branch.timeline]


def regex_scan() -> Callable[[str], object]:
    """The least that any parser in Python must do: look at each piece of text once."""
    pattern = re.compile(r"\\.|[()\[\]:|]|[^\\()\[\]:|]+|\\")
    return lambda prompt: [found.span() for found in pattern.finditer(prompt)]


def peers() -> Iterator[tuple[str, Callable[[str], Any]]]:
    """The other parsers that are installed, by name."""
    earley = Lark(EARLEY, parser="earley", lexer="dynamic")
    yield "Earley grammar (lark)", earley.parse
    for package, module, attribute in (
        ("compel", "compel.prompt_parser", "PromptParser"),
        ("dynamicprompts", "dynamicprompts.parser.parse", "parse"),
    ):
        try:
            found = getattr(import_module(module), attribute)
        except ImportError:
            print(f"{package} is not installed: left out")
            continue
        yield f"{package} {version(package)}", found().parse_conjunction if package == "compel" else found


def per_second(read: Callable[[str], object], prompts: list[str], rounds: int = ROUNDS) -> float:
    """Prompts a second of processor time, best of some rounds; what a parser refuses counts as read."""
    best = math.inf
    for _ in range(rounds):
        start = time.process_time()
        for prompt in prompts:
            with suppress(Exception):  # peers raise what they like at prompts of another tool
                read(prompt)
        best = min(best, time.process_time() - start)
    return len(prompts) / best


def throughput() -> dict[str, dict[str, float]]:
    """Prompts a second, and how many times the speed of each our tree has on the same prompts."""
    read_chunks(PROMPTS[0])  # loads the vocabulary
    share = PROMPTS[::SLOW_SHARE]
    tree, tree_on_share = per_second(read_tree, PROMPTS), per_second(read_tree, share)
    rows = {"tree": {"per_second": tree, "tree_is_times": 1.0}}
    for name, read in (("IR", compile_prompt), ("chunks", read_chunks), ("regex scan", regex_scan())):
        speed = per_second(read, PROMPTS)
        rows[name] = {"per_second": speed, "tree_is_times": tree / speed}
    for name, read in peers():
        speed = per_second(read, share, rounds=2)
        rows[name] = {"per_second": speed, "tree_is_times": tree_on_share / speed}
    return rows


def seconds(read: Callable[[str], object], text: str) -> float:
    """Processor time of one text, best of three."""
    times = []
    gc.disable()
    try:
        for _ in range(3):
            start = time.process_time()
            read(text)
            times.append(time.process_time() - start)
            gc.collect()
    finally:
        gc.enable()
    return min(times)


def exponent(read: Callable[[str], object], shape: Callable[[int], str]) -> float:
    """The power of the length that the time grows with: slope of the logarithms by least squares."""
    sizes = [2000 * 2**power for power in range(6)]
    xs = [math.log(size) for size in sizes]
    ys = [math.log(seconds(read, shape(size))) for size in sizes]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    covariance = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True))
    return covariance / sum((x - mean_x) ** 2 for x in xs)


def linearity() -> dict[str, dict[str, float]]:
    """For each shape the exponents of tree and program, 2,000 to 64,000 characters."""
    return {
        name: {"tree": exponent(read_tree, shape), "IR": exponent(compile_prompt, shape)}
        for name, shape in SHAPES.items()
    }


def main() -> None:
    """Print the tables."""
    rows = throughput()
    for name, row in rows.items():
        speed, times = row["per_second"], row["tree_is_times"]
        print(f"{name:26} {speed:10.1f} prompts/s   the tree is {times:8.2f} times as fast")
    exponents = linearity()
    for name, row in exponents.items():
        print(f"{name:8} time ~ length^{row['tree']:.2f} to the tree, ^{row['IR']:.2f} to the program")
    limits = {
        "10,000 round brackets": seconds(compile_prompt, "(" * 10_000),
        "100 kB of mixed brackets": seconds(compile_prompt, "([)]" * 25_000),
    }
    for name, value in limits.items():
        print(f"{name}: {value:.3f} s to the program")
    if len(sys.argv) > 1:
        result = {
            "python": platform.python_version(),
            "prompts": len(PROMPTS),
            "throughput": rows,
            "exponents": exponents,
            "seconds": limits,
        }
        Path(sys.argv[1]).write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
