"""The prompt language against vectors made by running stable-diffusion-webui v1.10.1."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from mezzotint.compiler.ir import Branch, Entry
from mezzotint.compiler.passes.attention import attention
from mezzotint.compiler.passes.comments import comments
from mezzotint.compiler.passes.conjunction import conjunction
from mezzotint.compiler.passes.mapped import Mapped
from mezzotint.compiler.passes.networks import networks
from mezzotint.compiler.passes.schedule import Clock, schedule
from mezzotint.grammar.errors import PromptError

GOLDEN = Path(__file__).parents[1] / "golden" / "language"


def rows(suite: str) -> list[dict[str, Any]]:
    lines = (GOLDEN / f"{suite}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def clock(row: dict[str, Any]) -> Clock:
    return Clock(row["steps"], row["hires_steps"], row["use_old_scheduling"])


def timeline(row: dict[str, Any]) -> list[list[Any]]:
    return [[end, text.text] for end, text in schedule(Mapped(row["prompt"]), clock(row))]


def test_attention() -> None:
    for row in rows("attention"):
        if "error" in row:
            with pytest.raises(PromptError):
                attention(row["prompt"])
        else:
            assert [list(pair) for pair in attention(row["prompt"])] == row["expect"], row["prompt"]


def test_schedule() -> None:
    for row in rows("schedule"):
        if "error" in row:
            with pytest.raises(PromptError):
                timeline(row)
        else:
            assert timeline(row) == row["expect"], row["prompt"]


def test_schedule_where_the_reference_is_nondeterministic() -> None:
    for row in rows("nondeterministic_schedule"):
        assert timeline(row) in [variant["expect"] for variant in row["variants"]], row["prompt"]


def test_multicond() -> None:
    for row in rows("multicond"):
        assert [[t.text, w] for t, w in conjunction(Mapped(row["prompt"]))] == row["expect"], row["prompt"]


def test_extra_networks() -> None:
    for row in rows("extra_networks"):
        text, found = networks(Mapped(row["prompt"]))
        by_kind: dict[str, list[Any]] = defaultdict(list)
        for network in found:
            by_kind[network.kind].append([network.kind, list(network.positional), dict(network.named)])
        assert text.text == row["expect_text"], row["prompt"]
        assert [n for same in by_kind.values() for n in same] == row["expect_networks"], row["prompt"]


def test_comments() -> None:
    for row in rows("misc"):
        if row["kind"] == "comments":
            assert comments(Mapped(row["prompt"])).text == row["expect"], row["prompt"]


def test_active() -> None:
    for row in rows("active"):
        text = Mapped(row["prompt"])
        parts = [(text, 1.0)] if row["negative"] else conjunction(text)
        branches = [
            Branch(weight, tuple(Entry(end, t.text, ()) for end, t in schedule(part, clock(row))))
            for part, weight in parts
        ]
        for step, active in enumerate(row["active"]):
            assert [[b.at(step).text, b.weight] for b in branches] == active, row["prompt"]
