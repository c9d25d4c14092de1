"""A program as JSON and back, and its digest."""

import hashlib
import json
from dataclasses import fields, is_dataclass
from typing import Any

from mezzotint.compiler.ir import (
    A1111Weights,
    Branch,
    Break,
    Embedding,
    Emphasis,
    Entry,
    Interpretation,
    Network,
    Piece,
    Program,
    Segment,
)
from mezzotint.grammar.span import Span

VERSION = 2
"""Of the JSON form; a reader refuses one it does not know."""

INTERPRETATIONS: dict[str, type[Interpretation]] = {"a1111": A1111Weights}
"""Names of the interpretations of weights, as the field ``by`` gives them."""


def to_json(program: Program) -> dict[str, Any]:
    """Plain values; spans are ``[start, end]`` in the source text, in code points."""
    return {"version": VERSION, **_plain(program)}


def _plain(value: Any) -> Any:
    if isinstance(value, Span):
        return [value.start, value.end]
    if isinstance(value, Break):
        return {"break": True, "span": _plain(value.span)}
    if isinstance(value, Interpretation):
        by = next(name for name, kind in INTERPRETATIONS.items() if type(value) is kind)
        return {"by": by, **{f.name: _plain(getattr(value, f.name)) for f in fields(value)}}
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, Emphasis) else value


def from_json(data: dict[str, Any]) -> Program:
    """The program that :func:`to_json` wrote.

    Raises:
        ValueError: the data is of another version or is no program.
    """
    if data.get("version") != VERSION:
        raise ValueError(f"version {data.get('version')!r} of the program format is not known")
    try:
        return _program(data)
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"not a program: {error}") from error


def _program(data: dict[str, Any]) -> Program:
    hires = data["hires"]
    return Program(
        tuple(_branch(b) for b in data["positive"]),
        _branch(data["negative"]),
        tuple(_network(n) for n in data["networks"]),
        data["steps"],
        _interpretation(data["interpretation"]),
        tuple(Embedding(e["name"], e["vectors"], _span(e["span"])) for e in data["embeddings"]),
        None if hires is None else _program(hires),
    )


def _interpretation(data: dict[str, Any]) -> Interpretation:
    kind = INTERPRETATIONS[data["by"]]
    return kind(Emphasis(data["emphasis"]), data["old"])


def _span(data: list[int] | None) -> Span | None:
    return Span(*data) if data else None


def _branch(data: dict[str, Any]) -> Branch:
    entries = (
        Entry(e["end_step"], e["text"], tuple(_piece(p) for p in e["pieces"])) for e in data["timeline"]
    )
    return Branch(data["weight"], tuple(entries))


def _piece(data: dict[str, Any]) -> Piece:
    if data.get("break"):
        return Break(_span(data["span"]))
    return Segment(data["text"], data["weight"], _span(data["span"]))


def _network(data: dict[str, Any]) -> Network:
    named = tuple((key, value) for key, value in data["named"])
    return Network(data["kind"], tuple(data["positional"]), named, _span(data["span"]))


def digest(program: Program) -> str:
    """SHA-256, in hex, of what the program means; spans do not count."""
    meaning = json.dumps(_meaning(program), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(meaning.encode("utf-8", "surrogatepass")).hexdigest()


def _meaning(value: Any) -> Any:
    plain = _plain(value)

    def strip(item: Any) -> Any:
        if isinstance(item, dict):
            return {key: strip(part) for key, part in item.items() if key != "span"}
        return [strip(part) for part in item] if isinstance(item, list) else item

    return strip(plain)
