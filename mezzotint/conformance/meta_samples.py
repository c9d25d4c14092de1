"""The suite of pictures by many programs: which made each, and the prompts and settings in its metadata."""

from pathlib import Path
from typing import Any

from mezzotint.conformance.result import Check, Result, Row, Source
from mezzotint.runtime.metadata.describe import describe
from mezzotint.runtime.metadata.generation import NEGATIVE_PROMPT, PROMPT, Field, Generation

_KEYS = {
    "prompt": PROMPT,
    "negative": NEGATIVE_PROMPT,
    "steps": "Steps",
    "seed": "Seed",
    "size": "Size",
    "sampler": "Sampler",
    "scheduler": "Schedule type",
    "cfg": "CFG scale",
    "model": "Model",
}
"""The suite's names of fields to A1111's; the suite has others under the programs' own."""


def meta_samples(source: Source) -> Check:
    """What each file says, as its program wrote it or in A1111's words."""
    folder = source.path.parent

    def check(row: Row) -> Result:
        generation = describe(folder / Path(row["file"]).name).generation or Generation(tool="")
        expected = {"tool": row["tool"], **row["expect"]}
        got = {key: _found(generation, key, value) for key, value in row["expect"].items()}
        got = {"tool": generation.tool or None, **got}
        return Result(expected, got, expected == got)

    return check


def _found(generation: Generation, key: str, expected: Any) -> Any:
    """The value expected, if it is there; else what is there instead."""
    if key in _KEYS:
        fields = [field for field in generation.fields if field.key == _KEYS[key]]
    else:
        fields = [*generation.fields, *generation.others]
    return expected if any(_is_said(field, expected) for field in fields) else [f.written for f in fields]


def _is_said(field: Field, expected: Any) -> bool:
    if isinstance(expected, list):
        return all(str(part) in field.written for part in expected)
    if isinstance(expected, float):
        return any(_number(text) == expected for text in (field.value, field.written))
    return str(expected) in {field.value, field.written}


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
