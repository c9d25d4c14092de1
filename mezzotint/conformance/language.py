"""The suites of the prompt language: each function gives what a row expects and what we get."""

from collections import defaultdict
from typing import Any

from mezzotint.compiler.ir import Branch, Entry
from mezzotint.compiler.passes import attention as attention_pass
from mezzotint.compiler.passes.clock import Clock
from mezzotint.compiler.passes.comments import comments
from mezzotint.compiler.passes.conjunction import conjunction
from mezzotint.compiler.passes.mapped import Mapped
from mezzotint.compiler.passes.networks import networks
from mezzotint.compiler.passes.schedule import schedule as schedule_pass
from mezzotint.compiler.passes.styles import styles
from mezzotint.conformance.result import Pair, Row, exact
from mezzotint.grammar.errors import PromptError

ERROR = "an error"


def _expected(row: Row) -> Any:
    return ERROR if "error" in row else row["expect"]


@exact
def attention(row: Row) -> Pair:
    """Text to weighted runs."""
    try:
        return _expected(row), [list(pair) for pair in attention_pass.attention(row["prompt"])]
    except PromptError:
        return _expected(row), ERROR


def _clock(row: Row) -> Clock:
    return Clock(row["steps"], row["hires_steps"], row["use_old_scheduling"])


def _timeline(row: Row) -> Any:
    try:
        return [[end, text.text] for end, text in schedule_pass(Mapped(row["prompt"]), _clock(row))]
    except PromptError:
        return ERROR


@exact
def schedule(row: Row) -> Pair:
    """Prompt editing to texts by step."""
    return _expected(row), _timeline(row)


@exact
def nondeterministic_schedule(row: Row) -> Pair:
    """The same where the reference's result depends on its hash seed: any of its results will do."""
    got = _timeline(row)
    variants = [variant["expect"] for variant in row["variants"]]
    return (got if got in variants else variants), got


@exact
def multicond(row: Row) -> Pair:
    """AND to weighted branches."""
    return row["expect"], [[text.text, weight] for text, weight in conjunction(Mapped(row["prompt"]))]


@exact
def extra_networks(row: Row) -> Pair:
    """Network tags, grouped by their name in order of first appearance."""
    text, found = networks(Mapped(row["prompt"]))
    groups: dict[str, list[Any]] = defaultdict(list)
    for network in found:
        groups[network.kind].append([network.kind, list(network.positional), dict(network.named)])
    got = [text.text, [network for group in groups.values() for network in group]]
    return [row["expect_text"], row["expect_networks"]], got


@exact
def active(row: Row) -> Pair:
    """What the denoiser uses at each evaluation: AND, schedules and the choice by step together."""
    text = Mapped(row["prompt"])
    parts = [(text, 1.0)] if row["negative"] else conjunction(text)
    branches = [
        Branch(weight, tuple(Entry(end, t.text, ()) for end, t in schedule_pass(part, _clock(row))))
        for part, weight in parts
    ]
    got = [[[b.at(step).text, b.weight] for b in branches] for step in range(len(row["active"]))]
    return row["active"], got


@exact
def misc(row: Row) -> Pair:
    """Styles and comments."""
    if row["kind"] == "styles":
        return row["expect"], styles(row["prompt"], row["style_prompts"])
    return row["expect"], comments(Mapped(row["prompt"])).text
