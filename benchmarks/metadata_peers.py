"""What readers of metadata make of the samples in `tests/golden/meta_samples`, field by field.

Each expected field of each sample is judged: prompt, negative prompt, steps, sampler, CFG, seed, size and
model. With an argument, writes the table there as Markdown, which is how `docs/metadata_peers.md` is made.
"""

import json
import logging
import re
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from html import unescape
from importlib.metadata import version
from pathlib import Path
from typing import Any

from metadata_files import SAMPLES
from metadata_readers import (
    FIELDS,
    Answer,
    Reader,
    eager,
    exiftool,
    exiftool_version,
    has_exiftool,
    ours,
    pillow,
)

_ABSENT = ("", "None", "NonexNone")
RIGHT = ("ok", "none")
_HEAD = """# Who reads what

What readers make of the files in `tests/golden/meta_samples`, one line for each kind of file. Written by
`benchmarks/metadata_peers.py`; nobody's results were edited.

- *ok*: all expected fields are right, of prompt, negative prompt, steps, sampler, CFG, seed, size and model.
- *lacks x*: the others are right. *WRONG x*: another value is given as if it were right.
- *nothing*: no prompt where there is one. *none*: the file holds nothing, and nothing is given.
- *EXC*: the reader raised an exception of its own accord.

Numbers are compared as numbers, models by the file's name without folder and ending, and of several forms
that a reader gives of a value one has to be right. sd-parsers is at its most thorough (`Eagerness.EAGER`).
Pillow and exiftool do not tell fields apart: a field counts as right there when its value stands anywhere in
the texts that they return, in any encoding and with JSON and XML unescaped.
"""
_SUFFIX = re.compile(r"\.(safetensors|ckpt|pt)$")

Judge = Callable[[dict[str, Any]], str]


def judge_fields(read: Reader, row: Mapping[str, Any]) -> str:
    """``ok``, ``none`` where nothing is to be found, or what is wrong."""
    try:
        answer = read(SAMPLES / row["file"])
    except Exception as error:  # noqa: BLE001 whatever a peer lets out
        return f"EXC {type(error).__name__}"
    return judge(answer, _expected(row))


def _expected(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row["expect"].items() if key in FIELDS}


def judge(answer: Answer, expected: Mapping[str, Any]) -> str:
    """Compare an answer with what is expected."""
    answer = {
        key: found
        for key, values in (answer or {}).items()
        if (found := [v for v in values if v not in _ABSENT])
    }
    if not expected:
        return "WRONG prompt" if answer.get("prompt") else "none"
    absent = [key for key in FIELDS if expected.get(key, "") != "" and key not in answer]
    wrong = [
        key
        for key in FIELDS
        if key in expected
        and key in answer
        and not any(_same(key, got, expected[key]) for got in answer[key])
    ]
    if wrong:
        return f"WRONG {'+'.join(wrong)}"
    if not answer or "prompt" in absent:
        return "nothing"
    return f"lacks {'+'.join(absent)}" if absent else "ok"


def _same(key: str, got: str, expected: Any) -> bool:
    if isinstance(expected, int | float):
        try:
            return float(got) == float(expected)
        except ValueError:
            return False
    if key == "size":
        return re.findall(r"\d+", got) == re.findall(r"\d+", expected)
    if key == "model":
        return _file_name(got) == _file_name(str(expected))
    return got.strip() == str(expected).strip()


def _file_name(text: str) -> str:
    return _SUFFIX.sub("", re.split(r"[\\/]", text)[-1])


def judge_texts(texts: list[str], row: Mapping[str, Any]) -> str:
    """Whether the values stand anywhere in texts that were not taken apart."""
    expected = {key: value for key, value in _expected(row).items() if value != ""}
    if not expected:
        return "none"
    pool = [part for text in texts for part in _parts(text)]
    absent = [key for key, value in expected.items() if not _stands(key, value, pool)]
    if "prompt" in absent:
        return "nothing"
    return f"lacks {'+'.join(absent)}" if absent else "ok"


def _stands(key: str, value: Any, pool: list[str]) -> bool:
    pieces = re.findall(r"\d+", value) if key == "size" else [str(value)]
    return all(any(piece in text for text in pool) for piece in pieces)


def _parts(text: str) -> Iterator[str]:
    """A text, and what is in it if it is JSON."""
    yield unescape(text)
    start = text.find("{")
    try:
        values = [json.JSONDecoder().raw_decode(text, start)[0]] if start >= 0 else []
    except ValueError:
        values = []
    while values:
        value = values.pop()
        if isinstance(value, dict):
            values += [*value.values()]
        elif isinstance(value, list):
            values += value
        elif isinstance(value, str) and "{" in value:
            yield from _parts(value)
        else:
            yield str(value)


def judges(rows: list[dict[str, Any]]) -> dict[str, Judge]:
    """All readers that are installed."""
    found: dict[str, Judge] = {"Mezzotint": lambda row: judge_fields(ours, row)}
    for name, reader in eager().items():
        found[name] = lambda row, reader=reader: judge_fields(reader, row)
    found[f"Pillow {version('pillow')}, raw text"] = _judge_pillow
    if has_exiftool():
        texts = exiftool([SAMPLES / row["file"] for row in rows])
        found[f"exiftool {exiftool_version()}, raw text"] = lambda row: judge_texts(
            texts.get(SAMPLES / row["file"], []), row
        )
    return found


def _judge_pillow(row: Mapping[str, Any]) -> str:
    try:
        return judge_texts(pillow(SAMPLES / row["file"]), row)
    except Exception as error:  # noqa: BLE001
        return f"EXC {type(error).__name__}"


def table(rows: list[dict[str, Any]]) -> Iterator[str]:
    """Markdown: a line for each kind of sample, and how many are fully right."""
    readers = judges(rows)
    verdicts = {name: {row["file"]: judge_row(row) for row in rows} for name, judge_row in readers.items()}
    yield f"| sample | {' | '.join(readers)} |"
    yield "|---" * (len(readers) + 1) + "|"
    kinds: dict[str, list[str]] = {}
    for row in rows:
        kinds.setdefault(re.sub(r"_[ab](?=\.)", "", row["file"]), []).append(row["file"])
    for kind, files in kinds.items():
        cells = (_summary([found[file] for file in files]) for found in verdicts.values())
        yield f"| {kind} | {' | '.join(cells)} |"
    totals = (
        f"**{sum(verdict in RIGHT for verdict in found.values())} of {len(rows)}**"
        for found in verdicts.values()
    )
    yield f"| **fully right** | {' | '.join(totals)} |"


def _summary(verdicts: list[str]) -> str:
    counts = Counter(verdicts)
    return "; ".join(f"{name} x{count}" if count > 1 else name for name, count in counts.items())


def main() -> None:
    """Print the table, or write it."""
    logging.disable()
    warnings.simplefilter("ignore")
    rows = [json.loads(line) for line in (SAMPLES / "expect.jsonl").read_text(encoding="utf-8").splitlines()]
    lines = "\n".join(table(rows)) + "\n"
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(f"{_HEAD}\n{lines}", encoding="utf-8")
    else:
        print(lines)


if __name__ == "__main__":
    main()
